import { asWritten } from '../feature.ts';
import type { Layer, SpecOf } from './layer.ts';

/** One trained vector for each symbol (ONNX Gather): embeddings [vocabulary, units]; integers [...] → [..., units]. */
export const embedding: Layer<SpecOf<'embedding'>> = {
  takes: 'one',
  reads: ['int32'],
  build: (context, [input], { vocabulary, units, embeddingsInitializer = 'uniform' }) => {
    const { graph } = context;
    const shape = [...input.shape, units];
    context.admitShape(shape);
    context.limitCodes(input, vocabulary);
    const embeddings = context.parameter('embeddings', [vocabulary, units], embeddingsInitializer);
    return asWritten(graph.add('Gather', [embeddings, input.value], { axis: 0 }), shape);
  },
};
