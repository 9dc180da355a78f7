import { elementCount } from '@descent/tensors';
import type { LoweringContext } from '../lowering.ts';
import type { TfTensor } from '../tensorflow.ts';

type Device = Pick<LoweringContext, 'tf' | 'backend'>;

/**
 * Matrix product over the last two axes. The wasm backend has a fast kernel for one product of two matrices as they
 * lie; transposed operands and stacks take plain loops, 15 and 40 times slower (4.22.0), so they are laid out first
 * and multiplied one by one.
 */
export function product(
  device: Device,
  a: TfTensor,
  b: TfTensor,
  transposeA = false,
  transposeB = false,
): TfTensor {
  const { tf, backend } = device;
  if (backend !== 'wasm') return tf.matMul(a, b, transposeA, transposeB);
  const [left, right] = [transposeA ? swapped(device, a) : a, transposeB ? swapped(device, b) : b];
  if (left.shape.length === 2) return tf.matMul(left, right);
  const count = elementCount(left.shape.slice(0, -2));
  const [leftParts, rightParts] = [left, right].map((stack) => matrices(device, stack, count));
  const parts = leftParts!.map((part, index) => tf.matMul(part, rightParts![index]!));
  return tf.reshape(tf.concat(parts), [...left.shape.slice(0, -1), right.shape.at(-1)!]);
}

/** Σ over the rows of a matrix. On wasm a mean over one window is ten times faster than `Sum` (4.22.0). */
export function columnSums({ tf, backend }: Device, matrix: TfTensor): TfTensor {
  if (backend !== 'wasm') return tf.sum(matrix, 0);
  const [rows, columns] = matrix.shape as [number, number];
  const image = tf.reshape<import('@tensorflow/tfjs-core').Rank.R4>(matrix, [1, rows, 1, columns]);
  return tf.mul(tf.avgPool(image, [rows, 1], 1, 'valid'), rows);
}

function swapped({ tf }: Device, x: TfTensor): TfTensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
}

/** The matrices of a stack; a single one is repeated. */
function matrices({ tf }: Device, stack: TfTensor, count: number): readonly TfTensor[] {
  const [rows, columns] = stack.shape.slice(-2) as [number, number];
  const flat = tf.reshape(stack, [-1, columns]);
  if (flat.shape[0] === rows) return new Array<TfTensor>(count).fill(flat);
  return Array.from({ length: count }, (_, index) => tf.slice(flat, [index * rows, 0], [rows, columns]));
}
