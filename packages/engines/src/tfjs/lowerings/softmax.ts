import { axisOf, inputShape, type Lowering, single } from '../lowering.ts';
import type { TensorFlow, TfTensor } from '../tensorflow.ts';

/** TensorFlow's go along the last axis. */
export const alongAxis = (compute: (tf: TensorFlow, x: TfTensor) => TfTensor): Lowering =>
  single((context) => {
    const { tf } = context;
    const rank = inputShape(context, 0).length;
    const axis = axisOf(context, 'axis', -1, rank);
    const x = context.value(0);
    if (axis === rank - 1) return compute(tf, x);
    const perm = Array.from({ length: rank }, (_, index) => index);
    [perm[axis], perm[rank - 1]] = [rank - 1, axis];
    // Swapping two axes is its own inverse.
    return tf.transpose(compute(tf, tf.transpose(x, perm)), perm);
  });
