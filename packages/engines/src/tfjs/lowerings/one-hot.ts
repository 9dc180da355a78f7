import type { TensorFlow, TfTensor } from '../tensorflow.ts';

/** [n] → [n, depth] in float32; an index out of range marks nothing. TensorFlow.js refuses a depth of 1. */
export function oneHot(tf: TensorFlow, indices: TfTensor, depth: number): TfTensor {
  if (depth > 1) return tf.cast(tf.oneHot(indices, depth), 'float32');
  return tf.reshape(tf.cast(tf.equal(indices, tf.zerosLike(indices)), 'float32'), [-1, 1]);
}
