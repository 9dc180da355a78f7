import { type Window, windowOf } from '@descent/autodiff';
import { elementCount } from '@descent/tensors';
import {
  inputShape,
  integerAttribute,
  type Lowering,
  type LoweringContext,
  outputShape,
  single,
} from '../lowering.ts';
import type { TensorFlow, TfTensor } from '../tensorflow.ts';
import { reference } from './reference.ts';
import {
  atLeastPlane,
  isDilated,
  isWhole,
  kernelElements,
  padded,
  slicesOf,
  sumPlaced,
  unpadded,
} from './windows.ts';

export const maxPool: Lowering = (context) => {
  if (context.node.outputs.length > 1) return reference(context);
  const { tf } = context;
  const window = poolingOf(context, inputShape(context, 0));
  const x = padded(tf, context.channelsLast(0), window, Number.NEGATIVE_INFINITY);
  if (hasKernel(window)) return [{ channelsLast: pool(tf, 'MaxPool', x, window) }];
  const best = slicesOf(tf, x, window).reduce((largest, slice) => tf.maximum(largest, slice));
  return [{ channelsLast: best }];
};

/**
 * The first maximum of each window takes its element of dY. `MaxPoolGrad` of wasm (4.22.0) gives it to the last, and
 * finds none among negative numbers; so the elements of the window are asked one after the other.
 */
export const maxPoolGrad: Lowering = single((context) => {
  const { tf } = context;
  const window = poolingOf(context, outputShape(context));
  const pooled = [...window.output, outputShape(context)[1]!];
  const [dy, y] = [0, 2].map((input) => tf.reshape(context.channelsLast(input), [-1, ...pooled]));
  const x = padded(tf, context.channelsLast(1), window, Number.NEGATIVE_INFINITY);
  let left: TfTensor | undefined;
  const parts = slicesOf(tf, x, window).map((slice) => {
    // Nothing is larger than the maximum; a comparison would be a bool, which wasm computes 20 times slower.
    const equal = tf.sub(1, tf.step(tf.sub(y!, slice)));
    const hit = left === undefined ? equal : tf.mul(equal, left);
    left = left === undefined ? tf.sub(1, hit) : tf.sub(left, hit);
    return tf.mul(dy!, hit);
  });
  return { channelsLast: unpadded(tf, sumPlaced(tf, parts, window), window) };
});

export const averagePool: Lowering = single((context) => {
  const { tf } = context;
  const window = poolingOf(context, inputShape(context, 0));
  const x = padded(tf, context.channelsLast(0), window, 0);
  const sums = hasKernel(window)
    ? tf.mul(pool(tf, 'AvgPool', x, window), elementCount(window.kernel))
    : slicesOf(tf, x, window).reduce((sum, slice) => tf.add(sum, slice));
  return { channelsLast: tf.mul(sums, shares(context, window)) };
});

export const averagePoolGrad: Lowering = single((context) => {
  const { tf } = context;
  const window = poolingOf(context, outputShape(context));
  const dy = tf.reshape(context.channelsLast(0), [-1, ...window.output, outputShape(context)[1]!]);
  const part = tf.mul(dy, shares(context, window));
  const parts = kernelElements(window).map(() => part);
  return { channelsLast: unpadded(tf, sumPlaced(tf, parts, window), window) };
});

export const globalAveragePool: Lowering = (context) => [
  context.tf.mean(
    context.value(0),
    inputShape(context, 0).flatMap((_, axis) => (axis < 2 ? [] : [axis])),
  ),
];

function poolingOf({ node }: LoweringContext, shape: readonly number[]): Window {
  const kernel = node.attributes.kernel_shape as readonly number[];
  return atLeastPlane(windowOf(shape.slice(2), kernel, node.attributes));
}

/** Without gaps, and of two axes: `MaxPool3D` of wasm finds no maximum among negative numbers (4.22.0). */
function hasKernel(window: Window): boolean {
  return window.input.length === 2 && !isDilated(window);
}

function pool(tf: TensorFlow, kind: 'MaxPool' | 'AvgPool', x: TfTensor, window: Window): TfTensor {
  const attributes = { filterSize: [...window.kernel], strides: [...window.strides], pad: 'valid' };
  return tf.engine().runKernel(kind, { x }, attributes);
}

/** 1 ÷ the elements of a window that count, for each place: those that lie inside the input, or all of them. */
function shares(context: LoweringContext, window: Window): TfTensor | number {
  if (isWhole(window)) return 1 / elementCount(window.kernel);
  const withPads = integerAttribute(context, 'count_include_pad', 0) !== 0;
  return context.kept('shares', () =>
    context.tf.tensor(countedShares(window, withPads), [1, ...window.output, 1], 'float32'),
  );
}

/** Padding counts where it is asked to; what a last window reaches beyond it (`ceil_mode`) never does. */
function countedShares(window: Window, withPads: boolean): Float32Array {
  const { input, kernel, strides, dilations, pads, output } = window;
  const inside = output.map((count, axis) => {
    const [first, end] = withPads
      ? [-pads[axis]!, input[axis]! + pads[axis + input.length]!]
      : [0, input[axis]!];
    return Array.from({ length: count }, (_, place) => {
      const start = place * strides[axis]! - pads[axis]!;
      return Array.from({ length: kernel[axis]! }, (_, at) => start + at * dilations[axis]!).filter(
        (at) => at >= first && at < end,
      ).length;
    });
  });
  const counts = inside.reduce<readonly number[]>(
    (products, sizes) => products.flatMap((product) => sizes.map((size) => product * size)),
    [1],
  );
  return Float32Array.from(counts, (count) => 1 / count);
}
