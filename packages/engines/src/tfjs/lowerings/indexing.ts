import { DescentError } from '@descent/errors';
import { elementCount } from '@descent/tensors';
import { axisOf, inputShape, type Lowering, type LoweringContext, outputShape, single } from '../lowering.ts';
import type { TfTensor } from '../tensorflow.ts';

/**
 * Indices below `size`, counted from the front, in one row. Looked at on the host: the backends read beyond a tensor,
 * or give zeros, for an index that is out of range.
 */
export function checkedIndices(context: LoweringContext, input: number, size: number): TfTensor {
  const indices = Array.from(context.host(input).data, Number);
  const counted = Int32Array.from(indices, (index) => {
    if (index < -size || index >= size) {
      throw new DescentError('GRAPH_INDEX_OUT_OF_RANGE', { op: context.node.op, index, size });
    }
    return index < 0 ? index + size : index;
  });
  return context.tf.tensor1d(counted, 'int32');
}

export const gather: Lowering = single((context) => {
  const shape = inputShape(context, 0);
  const axis = axisOf(context, 'axis', 0, shape.length);
  return context.tf.gather(context.value(0), checkedIndices(context, 1, shape[axis]!), axis);
});

/** scatterND adds along the first axis, equal indices in their order; the gathered one is brought there. */
export const gatherGrad: Lowering = single((context) => {
  const { tf } = context;
  const shape = outputShape(context);
  const axis = axisOf(context, 'axis', 0, shape.length);
  const [outer, inner] = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis + 1))];
  const rows = elementCount(inputShape(context, 1));
  const indices = tf.reshape(checkedIndices(context, 1, shape[axis]!), [rows, 1]);
  const blocks = tf.reshape(context.value(0), [outer, rows, inner]);
  const updates = tf.reshape(tf.transpose(blocks, [1, 0, 2]), [rows, outer * inner]);
  const added = tf.scatterND(indices, updates, [shape[axis]!, outer * inner]);
  return tf.transpose(tf.reshape(added, [shape[axis]!, outer, inner]), [1, 0, 2]);
});
