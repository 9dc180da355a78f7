import { asFloat } from './as-float.ts';
import type { Layer, SpecOf } from './layer.ts';

/** x · scale + offset, also of integers. */
export const rescaling: Layer<SpecOf<'rescaling'>> = {
  takes: 'one',
  reads: ['float32', 'int32'],
  build: ({ graph }, [input], { scale, offset = 0 }) => {
    const x = asFloat(graph, input);
    const scaled = graph.add('Mul', [x.value, graph.scalar(scale)]);
    return { ...x, value: offset === 0 ? scaled : graph.add('Add', [scaled, graph.scalar(offset)]) };
  },
};
