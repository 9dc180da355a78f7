import { type Dim, divideCounts, elementCountOf, isDim, renderShape, type Shape, sameCount } from '../dim.ts';
import type { Operation, ShapeContext } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { mismatch } from '../rules/refuse.ts';
import { relabel } from '../rules/relabel.ts';

/**
 * ONNX Reshape: in the shape, 0 keeps the input's axis (with `allowzero`, it is a size of 0) and one −1 takes what is
 * left, the batch axis included.
 */
export const reshape: Operation = relabel({
  attributes: { allowzero: 'integer' },
  more: [{ name: 'shape', dtypes: 'index' }],
  shape: (context) => {
    const { node, inputs } = context;
    const target = context.shapeValue(1);
    if (target === undefined) throw mismatch(context, 'the shape must follow from shapes and constants');
    const copies = integer(node.attributes, 'allowzero', 0) === 0;
    return [{ dtype: inputs[0]!.dtype, shape: resolve(context, inputs[0]!.shape, target, copies) }];
  },
});

function resolve(context: ShapeContext, from: Shape, target: Shape, copies: boolean): Shape {
  const refuse = (problem: string) =>
    mismatch(context, `cannot reshape ${renderShape(from)} to ${renderShape(target)}: ${problem}`);
  const kept = target.map((dim, axis): Dim => {
    if (dim !== 0 || !copies) return dim;
    const source = from[axis];
    if (source === undefined) throw refuse(`axis ${axis} is 0, but the input has ${from.length} axes`);
    return source;
  });
  const free = kept.indexOf(-1);
  if (kept.some((dim, axis) => axis !== free && !isDim(dim))) {
    throw refuse('each size is positive, 0 or (once) −1');
  }
  const total = elementCountOf(from);
  if (free === -1) {
    if (sameCount(total, elementCountOf(kept))) return kept;
    throw refuse('the numbers of elements differ');
  }
  const inferred = divideCounts(total, elementCountOf(kept.toSpliced(free, 1)));
  if (inferred === undefined) throw refuse('no size fits in place of −1');
  return kept.with(free, inferred);
}
