import { asWritten, type Feature, toAsWritten } from '../feature.ts';
import { sampleAxis } from './axis.ts';
import type { Layer, LayerContext, SpecOf } from './layer.ts';
import { unitLength } from './unit-normalization.ts';

/**
 * Scalar products of two samples of one or two axes, summed over one axis of each: [n] and [n] → [1];
 * [a, n] and [b, n] → [a, b], for any place of n.
 */
export const dot: Layer<SpecOf<'dot'>> = {
  takes: [2, 2],
  build: (context, [left, right], spec) => {
    const { graph } = context;
    const [a, b] = [left, right!].map((input, index) => {
      const rows = summedLast(context, input, spec.axes?.[index] ?? -1);
      return spec.normalize === true ? { ...rows, value: unitLength(graph, rows.value) } : rows;
    }) as [Feature, Feature];
    const [length, other] = [a.shape[1]!, b.shape[1]!];
    if (length !== other) {
      const problem = `it sums over an axis of ${length} elements and one of ${other}`;
      throw context.mismatch(problem, `an axis of ${length} elements`, right!.shape);
    }
    const transposed = graph.add('Transpose', [b.value], { perm: [0, 2, 1] });
    const product = graph.add('MatMul', [a.value, transposed]);
    const shape = [...a.shape.slice(0, -1), ...b.shape.slice(0, -1)];
    if (left.shape.length === 2 && right!.shape.length === 2) return asWritten(product, shape);
    const kept = [left, right!].flatMap(({ shape: given }, index) =>
      given.length === 1 ? [] : [[a, b][index]!.shape[0]!],
    );
    const result = kept.length === 0 ? [1] : kept;
    return asWritten(graph.add('Reshape', [product, graph.integers([0, ...result])]), result);
  },
};

/** As [rows, n] with the axis to sum over last; a vector is one row. */
function summedLast(context: LayerContext, input: Feature, given: number): Feature {
  const { graph } = context;
  const { shape } = input;
  if (shape.length !== 1 && shape.length !== 2) {
    throw context.mismatch('it multiplies vectors and matrices', '[n] or [rows, n]', shape);
  }
  const axis = sampleAxis(context, given, shape);
  const { value } = toAsWritten(graph, input);
  if (shape.length === 1) {
    return asWritten(graph.add('Reshape', [value, graph.integers([0, 1, shape[0]!])]), [1, shape[0]!]);
  }
  if (axis === 1) return asWritten(value, shape);
  return asWritten(graph.add('Transpose', [value], { perm: [0, 2, 1] }), shape.toReversed());
}
