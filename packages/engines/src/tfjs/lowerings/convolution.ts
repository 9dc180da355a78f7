import { type Window, windowOf } from '@descent/autodiff';
import { elementCount } from '@descent/tensors';
import type { TfjsBackend } from '../backends.ts';
import {
  type ChannelsLast,
  inputShape,
  integerAttribute,
  isPresent,
  type Lowering,
  type LoweringContext,
  outputShape,
  single,
} from '../lowering.ts';
import type { TensorFlow, TfTensor } from '../tensorflow.ts';
import { product } from './products.ts';
import {
  atLeastPlane,
  isDilated,
  isStrided,
  kernelElements,
  padded,
  paddedSizes,
  placed,
  sliceOf,
  slicesOf,
  unpadded,
  withGaps,
} from './windows.ts';

/**
 * A convolution with everything resolved: x is [n, ...spatial, channels], dy [n, ...output, filters], both padded as
 * the window says, w is [filters, channels ÷ groups, ...kernel].
 */
interface Convolution {
  readonly tf: TensorFlow;
  readonly window: Window;
  readonly groups: number;
  readonly channels: number;
  readonly filters: number;
  readonly backend: TfjsBackend;
  has(kernel: string): boolean;
}

type Pair = [number, number];

export const conv: Lowering = single((context): ChannelsLast => {
  const { tf } = context;
  const [x, w] = [inputShape(context, 0), inputShape(context, 1)];
  const convolution = convolutionOf(context, x.slice(2), w.slice(2), x[1]!, w[0]!);
  const { window } = convolution;
  const y = forward(
    convolution,
    padded(tf, context.channelsLast(0), window, 0),
    tf.reshape(context.value(1), [...w.slice(0, 2), ...window.kernel]),
  );
  return { channelsLast: isPresent(context, 2) ? tf.add(y, context.value(2)) : y };
});

export const convInputGrad: Lowering = single((context): ChannelsLast => {
  const { tf } = context;
  const [w, dx] = [inputShape(context, 1), outputShape(context)];
  const convolution = convolutionOf(context, dx.slice(2), w.slice(2), dx[1]!, w[0]!);
  const { window } = convolution;
  const dy = tf.reshape(context.channelsLast(0), [dx[0]!, ...window.output, w[0]!]);
  const kernel = tf.reshape(context.value(1), [...w.slice(0, 2), ...window.kernel]);
  return { channelsLast: unpadded(tf, inputGrad(convolution, dy, kernel), window) };
});

export const convWeightGrad: Lowering = single((context) => {
  const { tf } = context;
  const [x, dw] = [inputShape(context, 0), outputShape(context)];
  const convolution = convolutionOf(context, x.slice(2), dw.slice(2), x[1]!, dw[0]!);
  const { window } = convolution;
  const dy = tf.reshape(context.channelsLast(1), [x[0]!, ...window.output, dw[0]!]);
  return weightGrad(convolution, padded(tf, context.channelsLast(0), window, 0), dy);
});

function convolutionOf(
  context: LoweringContext,
  spatial: readonly number[],
  kernel: readonly number[],
  channels: number,
  filters: number,
): Convolution {
  const window = atLeastPlane(windowOf(spatial, kernel, context.node.attributes));
  const groups = integerAttribute(context, 'group', 1);
  const { tf, backend, has } = context;
  return { tf, backend, has, window, groups, channels, filters };
}

const isPlane = ({ window }: Convolution) => window.input.length === 2;
/** One filter per channel: each channel by itself, so that products are element-wise. */
const isDepthwise = ({ groups, channels, filters }: Convolution) =>
  groups > 1 && groups === channels && filters === channels;

function forward(convolution: Convolution, x: TfTensor, w: TfTensor): TfTensor {
  const { tf, window, groups } = convolution;
  // TensorFlow's take steps or gaps, not both.
  const fits = isPlane(convolution) && !(isStrided(window) && isDilated(window));
  if (isDepthwise(convolution)) {
    const [rows, columns] = window.strides;
    if (fits && rows === columns) {
      return tf.depthwiseConv2d(
        asRank4(tf, x),
        asRank4(tf, tf.transpose(w, [2, 3, 0, 1])),
        pairOf(window.strides),
        'valid',
        'NHWC',
        pairOf(window.dilations),
      );
    }
    return sumOver(convolution, (element, index) =>
      tf.mul(sliceOf(tf, x, window, element), elementOf(convolution, w, index)),
    );
  }
  if (groups > 1) return perGroup(convolution, [x, w], [-1, 0], -1, forward);
  if (fits) {
    const filter = asRank4(tf, tf.transpose(w, [2, 3, 1, 0]));
    return tf.conv2d(
      asRank4(tf, x),
      filter,
      pairOf(window.strides),
      'valid',
      'NHWC',
      pairOf(window.dilations),
    );
  }
  return sumOver(convolution, (element, index) =>
    timesMatrix(convolution, sliceOf(tf, x, window, element), tf.transpose(elementOf(convolution, w, index))),
  );
}

/** In the size of the padded input. */
function inputGrad(convolution: Convolution, dy: TfTensor, w: TfTensor): TfTensor {
  const { tf, backend, window, groups, channels } = convolution;
  if (isDepthwise(convolution)) {
    return sumOver(convolution, (element, index) =>
      placed(tf, tf.mul(dy, elementOf(convolution, w, index)), window, element),
    );
  }
  if (groups > 1) return perGroup(convolution, [dy, w], [-1, 0], -1, inputGrad);
  if (isPlane(convolution) && backend === 'wasm') return correlated(convolution, dy, w);
  if (isPlane(convolution) && !isDilated(window)) {
    const filter = asRank4(tf, tf.transpose(w, [2, 3, 1, 0]));
    const [height, width] = paddedSizes(window) as Pair;
    const shape: [number, number, number, number] = [dy.shape[0]!, height, width, channels];
    return tf.conv2dTranspose(asRank4(tf, dy), filter, shape, pairOf(window.strides), 'valid');
  }
  return sumOver(convolution, (element, index) =>
    placed(tf, timesMatrix(convolution, dy, elementOf(convolution, w, index)), window, element),
  );
}

/**
 * dX as a convolution of dY, spread by the strides, with the mirrored kernel. `Conv2DBackpropInput` of wasm is a plain
 * loop, seven times slower than its `Conv2D` (4.22.0).
 */
function correlated({ tf, window }: Convolution, dy: TfTensor, w: TfTensor): TfTensor {
  const mirrored = tf.reverse(tf.transpose(w, [2, 3, 0, 1]), [0, 1]);
  const reach = window.kernel.map((size, axis) => (size - 1) * window.dilations[axis]!);
  const spread = window.strides.reduce((value, stride, axis) => withGaps(tf, value, axis + 1, stride), dy);
  const pairs = paddedSizes(window).map((size, axis): Pair => [reach[axis]!, size - spread.shape[axis + 1]!]);
  const around = tf.pad(spread, [[0, 0], ...pairs, [0, 0]]);
  return tf.conv2d(asRank4(tf, around), asRank4(tf, mirrored), 1, 'valid', 'NHWC', pairOf(window.dilations));
}

/**
 * Σ over samples and places of X under a kernel element times dY. `Conv2DBackpropFilter` is missing on wasm. There, and
 * where the kernel knows no gaps, samples and channels change places: dW is X, its channels the samples, convolved
 * with dY, strides and gaps exchanged.
 */
function weightGrad(convolution: Convolution, x: TfTensor, dy: TfTensor): TfTensor {
  const { tf, window, groups, channels, filters, has } = convolution;
  const slices = () => slicesOf(tf, x, window);
  if (isDepthwise(convolution)) {
    const places = dy.shape.map((_, axis) => axis).slice(0, -1);
    const sums = slices().map((slice) => tf.sum(tf.mul(slice, dy), places));
    return tf.reshape(tf.stack(sums, 1), [channels, 1, ...window.kernel]);
  }
  if (groups > 1) return perGroup(convolution, [x, dy], [-1, -1], 0, weightGrad);
  const order = [window.kernel.length + 1, window.kernel.length, ...window.kernel.map((_, axis) => axis)];
  if (isPlane(convolution) && !isDilated(window) && has('Conv2DBackpropFilter')) {
    const dw: TfTensor = tf.engine().runKernel(
      'Conv2DBackpropFilter',
      { x, dy },
      {
        strides: pairOf(window.strides),
        pad: 'valid',
        dataFormat: 'NHWC',
        filterShape: [...window.kernel, channels, filters],
      },
    );
    return tf.transpose(dw, order);
  }
  if (isPlane(convolution) && !(isStrided(window) && isDilated(window))) {
    const dw = tf.conv2d(
      asRank4(tf, tf.transpose(x, [3, 1, 2, 0])),
      asRank4(tf, tf.transpose(dy, [1, 2, 0, 3])),
      pairOf(window.dilations),
      'valid',
      'NHWC',
      pairOf(window.strides),
    );
    const kernel = tf.slice(dw, [0, 0, 0, 0], [channels, ...pairOf(window.kernel), filters]);
    return tf.transpose(kernel, [3, 0, 1, 2]);
  }
  const columns = tf.concat(
    slices().map((slice) => tf.reshape(slice, [-1, channels])),
    1,
  );
  const summed = product(convolution, columns, tf.reshape(dy, [-1, filters]), true);
  return tf.transpose(tf.reshape(summed, [...window.kernel, channels, filters]), order);
}

/** Computes each group by itself: `operands` are split along `axes`, the results joined along `joined`. */
function perGroup(
  convolution: Convolution,
  operands: readonly [TfTensor, TfTensor],
  axes: readonly [number, number],
  joined: number,
  compute: (convolution: Convolution, a: TfTensor, b: TfTensor) => TfTensor,
): TfTensor {
  const { tf, groups, channels, filters } = convolution;
  const one = { ...convolution, groups: 1, channels: channels / groups, filters: filters / groups };
  const [first, second] = operands.map((operand, index) => tf.split(operand, groups, axes[index])) as [
    TfTensor[],
    TfTensor[],
  ];
  return tf.concat(
    first.map((part, index) => compute(one, part, second[index]!)),
    joined,
  );
}

function sumOver(
  { tf, window }: Convolution,
  term: (element: readonly number[], index: number) => TfTensor,
): TfTensor {
  return kernelElements(window)
    .map(term)
    .reduce((sum, next) => tf.add(sum, next));
}

/** One element of the kernel for all filters and channels: [filters, channels], or [channels] where it is depthwise. */
function elementOf(convolution: Convolution, w: TfTensor, index: number): TfTensor {
  const { tf, window } = convolution;
  const [filters, depth] = w.shape as [number, number];
  const flat = tf.reshape(w, [filters, depth, elementCount(window.kernel)]);
  const element = tf.slice(flat, [0, 0, index], [filters, depth, 1]);
  return tf.reshape(element, isDepthwise(convolution) ? [filters] : [filters, depth]);
}

/** [n, ...places, k] · [k, m] */
function timesMatrix(convolution: Convolution, x: TfTensor, matrix: TfTensor): TfTensor {
  const { tf } = convolution;
  const rows = product(convolution, tf.reshape(x, [-1, x.shape.at(-1)!]), matrix);
  return tf.reshape(rows, [...x.shape.slice(0, -1), matrix.shape[1]!]);
}

function asRank4(tf: TensorFlow, x: TfTensor) {
  const [a, b, c, d] = x.shape as [number, number, number, number];
  return tf.reshape<import('@tensorflow/tfjs-core').Rank.R4>(x, [a, b, c, d]);
}

function pairOf(values: readonly number[]): Pair {
  return [values[0]!, values[1]!];
}
