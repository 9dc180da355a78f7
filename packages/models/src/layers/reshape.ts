import { elementCount } from '@descent/tensors';
import { asWritten, toAsWritten } from '../feature.ts';
import type { Layer, SpecOf } from './layer.ts';

/** The same elements in another shape, in row-major order. */
export const reshape: Layer<SpecOf<'reshape'>> = {
  takes: 'one',
  build: (context, [input], { shape }) => {
    const { graph } = context;
    if (elementCount(shape) !== elementCount(input.shape)) {
      const problem = `cannot give ${elementCount(input.shape)} elements a shape of ${elementCount(shape)}`;
      throw context.mismatch(problem, `[${shape.join(', ')}]`, input.shape);
    }
    const x = toAsWritten(graph, input);
    // ONNX counts −1 as "what is left", which is the batch axis; 0 would copy it, but a scalar sample has no further axis.
    return asWritten(graph.add('Reshape', [x.value, graph.integers([-1, ...shape])]), shape);
  },
};
