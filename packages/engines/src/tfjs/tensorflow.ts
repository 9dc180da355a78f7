import { DescentError } from '@descent/errors';
import { messageOf } from '../message-of.ts';

export type TensorFlow = typeof import('@tensorflow/tfjs-core');
export type TfTensor = import('@tensorflow/tfjs-core').Tensor;
export type TfDtype = 'float32' | 'int32' | 'bool';

/** Loaded on first use: it takes a third of a second, which a process that computes elsewhere need not spend. */
export async function loadTensorFlow(): Promise<TensorFlow> {
  try {
    const tf = await import('@tensorflow/tfjs-core');
    // No checks of every value for NaN, and no advice on the console: `descent doctor` gives it.
    tf.enableProdMode();
    return tf;
  } catch (cause) {
    const problem = `@tensorflow/tfjs-core does not load: ${messageOf(cause)}`;
    throw new DescentError('ENGINE_UNAVAILABLE', { engine: 'tfjs', problem }, { cause });
  }
}
