import { elementCount } from '@descent/tensors';
import { input, inputShape, type Lowering, outputShape, reshaped, single } from '../lowering.ts';

/**
 * Rows of dY are added where they were taken from. ScatterND adds along the first axis, so the gathered one is brought
 * there. One row after the other: equal indices add up in their order, in every run.
 */
export const gatherGrad: Lowering = single((context) => {
  const { node, writer } = context;
  const axis = (node.attributes.axis as number | undefined) ?? 0;
  const shape = outputShape(context);
  const [outer, inner] = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis + 1))];
  const rows = elementCount(inputShape(context, 1));
  const swap = (value: string) =>
    outer === 1 ? value : writer.op('Transpose', [value], { perm: [1, 0, 2] });

  const indices = reshaped(writer, writer.op('Cast', [input(context, 1)], { to: 7 }), [rows, 1]);
  const updates = swap(reshaped(writer, input(context, 0), [outer, rows, inner]));
  const zeros = writer.filled(0, [shape[axis]!, outer, inner]);
  const ordered = outer === 1 ? reshaped(writer, updates, [rows, outer, inner]) : updates;
  const added = writer.op('ScatterND', [zeros, indices, ordered], { reduction: 'add' });
  return reshaped(writer, outer === 1 ? added : swap(added), shape);
});
