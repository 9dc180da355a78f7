import { inputShape, integerAttribute, isPresent, type Lowering, single } from '../lowering.ts';
import { product } from './products.ts';

export const matMul: Lowering = single((context) => {
  const { tf } = context;
  const [shapeA, shapeB] = [inputShape(context, 0), inputShape(context, 1)];
  const a = shapeA.length === 1 ? tf.reshape(context.value(0), [1, ...shapeA]) : context.value(0);
  const b = shapeB.length === 1 ? tf.reshape(context.value(1), [...shapeB, 1]) : context.value(1);
  // One product over all rows, where the right side is one matrix.
  if (shapeA.length > 2 && b.shape.length === 2) {
    return product(context, tf.reshape(a, [-1, shapeA.at(-1)!]), b);
  }
  const [leadA, leadB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  if (leadA.join() === leadB.join() || leadB.length === 0) return product(context, a, b);
  // TensorFlow.js repeats the stack of one side, but does not broadcast both axis by axis.
  const lead = tf.broadcast_util.assertAndGetBroadcastShape(leadA, leadB);
  return product(
    context,
    tf.broadcastTo(a, [...lead, ...a.shape.slice(-2)]),
    tf.broadcastTo(b, [...lead, ...b.shape.slice(-2)]),
  );
});

/** α·A′·B′ + β·C */
export const gemm: Lowering = single((context) => {
  const { tf, node } = context;
  const [transA, transB] = ['transA', 'transB'].map((name) => integerAttribute(context, name, 0) !== 0);
  const ab = product(context, context.value(0), context.value(1), transA, transB);
  const { alpha = 1, beta = 1 } = node.attributes as { readonly alpha?: number; readonly beta?: number };
  const scaled = alpha === 1 ? ab : tf.mul(ab, alpha);
  if (!isPresent(context, 2)) return scaled;
  const c = context.value(2);
  return tf.add(scaled, beta === 1 ? c : tf.mul(c, beta));
});
