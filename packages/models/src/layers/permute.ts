import { asWritten, toAsWritten } from '../feature.ts';
import type { Layer, SpecOf } from './layer.ts';

/** The axes of the sample in another order (ONNX Transpose). */
export const permute: Layer<SpecOf<'permute'>> = {
  takes: 'one',
  build: (context, [input], { dims }) => {
    const { graph } = context;
    const rank = input.shape.length;
    if (dims.length !== rank || new Set(dims).size !== rank || dims.some((axis) => axis >= rank)) {
      const problem = `dims [${dims.join(', ')}] does not name each axis once`;
      throw context.mismatch(problem, `${dims.length} axes`, input.shape);
    }
    const x = toAsWritten(graph, input);
    const value = graph.add('Transpose', [x.value], { perm: [0, ...dims.map((axis) => axis + 1)] });
    return asWritten(
      value,
      dims.map((axis) => input.shape[axis]!),
    );
  },
};
