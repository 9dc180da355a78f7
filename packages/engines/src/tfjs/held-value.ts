import type { ConcreteType } from '@descent/autodiff';
import type { ChannelsLast, Result } from './lowering.ts';
import type { TensorFlow, TfTensor } from './tensorflow.ts';
import { isTfjsDtype, tfDtypes } from './transfer.ts';

/**
 * A value while it is needed, in the graph's layout, with its channels last, or both: made of each other when asked
 * for. Owns its tensors.
 */
export class HeldValue {
  readonly #tf: TensorFlow;
  readonly #type: ConcreteType;
  #plain: TfTensor | undefined;
  #last: TfTensor | undefined;

  constructor(tf: TensorFlow, type: ConcreteType, result: Result) {
    this.#tf = tf;
    this.#type = type;
    if ('channelsLast' in result)
      this.#last = this.#fitted(result.channelsLast, channelsLastShape(type.shape));
    else this.#plain = this.#fitted(result, type.shape);
  }

  get isChannelsLast(): boolean {
    return this.#last !== undefined;
  }

  get plain(): TfTensor {
    const back = [0, this.#type.shape.length - 1, ...this.#type.shape.slice(2).map((_, axis) => axis + 1)];
    this.#plain ??= this.#tf.keep(this.#tf.transpose(this.#last!, back));
    return this.#plain;
  }

  get channelsLast(): TfTensor {
    const forth = [0, ...this.#type.shape.slice(2).map((_, axis) => axis + 2), 1];
    this.#last ??= this.#tf.keep(this.#tf.transpose(this.#plain!, forth));
    return this.#last;
  }

  dispose(): void {
    this.#plain?.dispose();
    this.#last?.dispose();
  }

  /** A handle of its own: a result may be an input, or an input under another shape. */
  #fitted(tensor: TfTensor, shape: readonly number[]): TfTensor {
    const { dtype } = this.#type;
    const wanted = isTfjsDtype(dtype) ? tfDtypes[dtype] : tensor.dtype;
    const cast = tensor.dtype === wanted ? tensor : this.#tf.cast(tensor, wanted);
    return this.#tf.keep(this.#tf.reshape(cast, [...shape]));
  }
}

function channelsLastShape([samples, channels, ...spatial]: readonly number[]): readonly number[] {
  return [samples!, ...spatial, channels!];
}
