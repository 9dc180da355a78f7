import type { Window } from '@descent/autodiff';
import { elementCount } from '@descent/tensors';
import type { TensorFlow, TfTensor } from '../tensorflow.ts';

/** TensorFlow's windows have two or three axes: one axis gets another of size 1 before it. */
export function atLeastPlane(window: Window): Window {
  if (window.input.length > 1) return window;
  const { input, kernel, strides, dilations, pads, output } = window;
  return {
    input: [1, ...input],
    kernel: [1, ...kernel],
    strides: [1, ...strides],
    dilations: [1, ...dilations],
    pads: [0, pads[0]!, 0, pads[1]!],
    output: [1, ...output],
  };
}

/** Elements that a window reaches over along an axis. */
const reach = ({ kernel, dilations }: Window, axis: number) => (kernel[axis]! - 1) * dilations[axis]! + 1;

export const isDilated = ({ dilations }: Window): boolean => dilations.some((step) => step !== 1);
export const isStrided = ({ strides }: Window): boolean => strides.some((step) => step !== 1);
export const isWhole = (window: Window): boolean =>
  paddedSizes(window).every((size, axis) => size === window.input[axis]);

/** Spatial sizes that the windows slide over; behind the last window only what the input has itself. */
export function paddedSizes(window: Window): number[] {
  return window.input.map((size, axis) => {
    const before = window.pads[axis]!;
    return Math.max(before + size, (window.output[axis]! - 1) * window.strides[axis]! + reach(window, axis));
  });
}

/** [n, ...spatial, channels] in the given spatial sizes, with padding. */
export function padded(tf: TensorFlow, x: TfTensor, window: Window, value: number): TfTensor {
  const laid = tf.reshape(x, [x.shape[0]!, ...window.input, x.shape.at(-1)!]);
  if (isWhole(window)) return laid;
  const sizes = paddedSizes(window);
  const pairs = sizes.map((size, axis): [number, number] => {
    const before = window.pads[axis]!;
    return [before, size - before - window.input[axis]!];
  });
  return tf.pad(laid, [[0, 0], ...pairs, [0, 0]], value);
}

/** The adjoint of `padded`: the part that is no padding. */
export function unpadded(tf: TensorFlow, x: TfTensor, window: Window): TfTensor {
  if (isWhole(window)) return x;
  const begin = window.input.map((_, axis) => window.pads[axis]!);
  return tf.slice(x, [0, ...begin, 0], [x.shape[0]!, ...window.input, x.shape.at(-1)!]);
}

/** Positions in the kernel, row-major. */
export function kernelElements({ kernel }: Window): readonly (readonly number[])[] {
  return kernel.reduce<readonly (readonly number[])[]>(
    (positions, size) =>
      positions.flatMap((position) => Array.from({ length: size }, (_, at) => [...position, at])),
    [[]],
  );
}

/** For one kernel element, the elements of the padded input that it meets: [n, ...output, channels]. */
export function sliceOf(tf: TensorFlow, x: TfTensor, window: Window, element: readonly number[]): TfTensor {
  const { strides, dilations, output } = window;
  const begin = [0, ...element.map((at, axis) => at * dilations[axis]!), 0];
  if (!isStrided(window)) return tf.slice(x, begin, [x.shape[0]!, ...output, x.shape.at(-1)!]);
  const end = [
    x.shape[0]!,
    ...output.map((count, axis) => begin[axis + 1]! + (count - 1) * strides[axis]! + 1),
    x.shape.at(-1)!,
  ];
  return tf.stridedSlice(x, begin, end, [1, ...strides, 1]);
}

/** The adjoint of `sliceOf`: [n, ...output, channels] in its places among zeros, in the size of the padded input. */
export function placed(tf: TensorFlow, part: TfTensor, window: Window, element: readonly number[]): TfTensor {
  const sizes = paddedSizes(window);
  const spread = window.strides.reduce((value, stride, axis) => withGaps(tf, value, axis + 1, stride), part);
  const pairs = sizes.map((size, axis): [number, number] => {
    const before = element[axis]! * window.dilations[axis]!;
    return [before, size - before - spread.shape[axis + 1]!];
  });
  return tf.pad(spread, [[0, 0], ...pairs, [0, 0]]);
}

/** Windows side by side, so that every element of the input lies in one of them. */
function tiles({ kernel, strides, dilations }: Window): boolean {
  return kernel.every((size, axis) => size === strides[axis] && dilations[axis] === 1);
}

/**
 * `sliceOf` for all kernel elements. Tiles are brought in order axis by axis, by swapping two axes of three, which all
 * backends do fast; strided slices they copy element by element.
 */
export function slicesOf(tf: TensorFlow, x: TfTensor, window: Window): readonly TfTensor[] {
  if (!tiles(window)) return kernelElements(window).map((element) => sliceOf(tf, x, window, element));
  const { kernel, output } = window;
  const [samples, channels] = [x.shape[0]!, x.shape.at(-1)!];
  const covered = output.map((count, axis) => count * kernel[axis]!);
  const isCovered = covered.every((size, axis) => size === x.shape[axis + 1]);
  const begin = x.shape.map(() => 0);
  const whole = isCovered ? x : tf.slice(x, begin, [samples, ...covered, channels]);
  const elements = elementCount(kernel);
  const ordered = kernel.reduceRight((value, size, axis) => {
    const inner = elementCount(output.slice(axis + 1)) * channels;
    return tf.transpose(tf.reshape(value, [-1, size, inner]), [1, 0, 2]);
  }, whole);
  const rows = tf.reshape(ordered, [elements, -1]);
  return Array.from({ length: elements }, (_, index) =>
    tf.reshape(tf.slice(rows, [index, 0], [1, rows.shape[1]!]), [samples, ...output, channels]),
  );
}

/** The adjoint of `slicesOf`: Σ of the parts of all kernel elements, each in its places. */
export function sumPlaced(tf: TensorFlow, parts: readonly TfTensor[], window: Window): TfTensor {
  if (!tiles(window)) {
    return kernelElements(window)
      .map((element, index) => placed(tf, parts[index]!, window, element))
      .reduce((sum, next) => tf.add(sum, next));
  }
  const { kernel, output } = window;
  const [samples, channels] = [parts[0]!.shape[0]!, parts[0]!.shape.at(-1)!];
  const tiled = kernel.reduce(
    (value, size, axis) => {
      const inner = elementCount(output.slice(axis + 1)) * channels;
      return tf.transpose(tf.reshape(value, [size, -1, inner]), [1, 0, 2]);
    },
    tf.concat([...parts]),
  );
  const covered = output.map((count, axis) => count * kernel[axis]!);
  const whole = tf.reshape(tiled, [samples, ...covered, channels]);
  const rest = paddedSizes(window).map((size, axis): [number, number] => [0, size - covered[axis]!]);
  return rest.every(([, after]) => after === 0) ? whole : tf.pad(whole, [[0, 0], ...rest, [0, 0]]);
}

/** `stride` − 1 zeros between the elements along an axis. */
export function withGaps(tf: TensorFlow, x: TfTensor, axis: number, stride: number): TfTensor {
  const size = x.shape[axis]!;
  if (stride === 1 || size === 1) return x;
  const [outer, inner] = [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis + 1))];
  const apart = tf.pad(tf.reshape(x, [outer, size, 1, inner]), [
    [0, 0],
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ]);
  const flat = tf.reshape(apart, [outer, size * stride, inner]);
  const between = tf.slice(flat, [0, 0, 0], [outer, (size - 1) * stride + 1, inner]);
  return tf.reshape(between, x.shape.with(axis, (size - 1) * stride + 1));
}
