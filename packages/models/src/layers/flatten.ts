import { elementCount } from '@descent/tensors';
import { asWritten, toAsWritten } from '../feature.ts';
import type { Layer, SpecOf } from './layer.ts';

/** All axes of a sample to one, in the order of the spec: channels last, as in Keras. */
export const flatten: Layer<SpecOf<'flatten'>> = {
  takes: 'one',
  build: ({ graph }, [input]) => {
    const x = toAsWritten(graph, input);
    if (x.shape.length === 1) return x;
    const size = elementCount(x.shape);
    return asWritten(graph.add('Reshape', [x.value, graph.integers([0, size])]), [size]);
  },
};
