import type { ConcreteType } from '@descent/autodiff';
import type { Tensor } from '@descent/tensors';
import type { ElementArray } from '../engine.ts';
import type { Result } from './lowering.ts';
import type { TensorFlow, TfTensor } from './tensorflow.ts';
import { download, fetched, isTfjsDtype, tfDtypes, upload } from './transfer.ts';

/**
 * A value while it is needed: on the device in the graph's layout, there with its channels last, on the host, or
 * several of them; one is made of another when it is asked for. Owns its tensors.
 */
export class HeldValue {
  readonly #tf: TensorFlow;
  readonly #type: ConcreteType;
  #plain: TfTensor | undefined;
  #last: TfTensor | undefined;
  #host: Tensor | undefined;

  /** An array of the host is not copied: it must not change while the value lives. */
  constructor(tf: TensorFlow, type: ConcreteType, result: Result) {
    this.#tf = tf;
    this.#type = type;
    if ('host' in result) this.#host = result.host;
    else if ('channelsLast' in result) {
      this.#last = this.#fitted(result.channelsLast, channelsLastShape(type.shape));
    } else this.#plain = this.#fitted(result, type.shape);
  }

  get isChannelsLast(): boolean {
    return this.#last !== undefined;
  }

  get plain(): TfTensor {
    if (this.#plain !== undefined) return this.#plain;
    if (this.#last === undefined) this.#plain = this.#uploaded();
    else {
      const back = [0, this.#type.shape.length - 1, ...this.#type.shape.slice(2).map((_, axis) => axis + 1)];
      this.#plain = this.#tf.keep(this.#tf.transpose(this.#last, back));
    }
    return this.#plain;
  }

  get channelsLast(): TfTensor {
    const forth = [0, ...this.#type.shape.slice(2).map((_, axis) => axis + 2), 1];
    this.#last ??= this.#tf.keep(this.#tf.transpose(this.plain, forth));
    return this.#last;
  }

  get host(): Tensor {
    this.#host ??= fetched(this.plain, this.#type);
    return this.#host;
  }

  copyTo(array: ElementArray): void {
    const host = this.#host?.data;
    if (host instanceof BigInt64Array && array instanceof BigInt64Array) array.set(host);
    else download(this.plain, array);
  }

  dispose(): void {
    this.#plain?.dispose();
    this.#last?.dispose();
  }

  #uploaded(): TfTensor {
    const { dtype, shape } = this.#type;
    const data = this.#host?.data;
    if (!isTfjsDtype(dtype) || data === undefined || data instanceof Float64Array) {
      throw new TypeError(`${dtype} values are refused when the graph is prepared`);
    }
    return this.#tf.keep(upload(this.#tf, dtype, shape, data));
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
