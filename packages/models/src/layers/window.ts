import type { MarginPerAxis, PerAxis, Rank } from '@descent/contracts';
import { type Feature, toChannelsFirst } from '../feature.ts';
import type { LayerContext } from './layer.ts';

/** A window over the spatial axes; every list has one element per axis. */
export interface Window {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** ONNX order: all beginnings, then all ends. */
  readonly pads: readonly number[];
  /** Positions of the window. */
  readonly output: readonly number[];
}

export interface WindowRequest {
  readonly size: PerAxis;
  readonly strides?: PerAxis | undefined;
  readonly dilation?: PerAxis | undefined;
  readonly padding?: 'valid' | 'same' | 'causal' | undefined;
}

export function eachAxis(value: PerAxis, rank: Rank): readonly number[] {
  return typeof value === 'number' ? Array.from({ length: rank }, () => value) : value;
}

/** [before, after] for each axis. */
export function marginsOf(value: MarginPerAxis, rank: Rank): readonly (readonly [number, number])[] {
  const given = typeof value === 'number' ? Array.from({ length: rank }, () => value) : value;
  if (rank === 1 && typeof value !== 'number') return [[value[0] as number, value[1] as number]];
  return given.map((margin) =>
    typeof margin === 'number' ? ([margin, margin] as const) : ([margin[0]!, margin[1]!] as const),
  );
}

const words = {
  1: { what: 'sequences', shape: '[length, channels]' },
  2: { what: 'images', shape: '[height, width, channels]' },
  3: { what: 'volumes', shape: '[depth, height, width, channels]' },
} as const;

/** The image, sequence or volume that a layer works on, channels-first, or a refusal. */
export function imageOf(context: LayerContext, input: Feature, rank: Rank): Feature {
  if (input.shape.length !== rank + 1) {
    const { what, shape } = words[rank];
    throw context.mismatch(`it works on ${what}`, shape, input.shape);
  }
  return toChannelsFirst(context.graph, input);
}

/**
 * Where a window goes. `valid`: only where it fits; `same`: ⌈input ÷ stride⌉ positions per axis, with the padding split
 * evenly and the odd one at the end, as in TensorFlow; `causal`: all padding before, so that no position sees a later one.
 */
export function slide(context: LayerContext, image: Feature, rank: Rank, request: WindowRequest): Window {
  const extent = image.shape.slice(0, rank);
  const size = eachAxis(request.size, rank);
  const strides = eachAxis(request.strides ?? 1, rank);
  const dilations = eachAxis(request.dilation ?? 1, rank);
  const reach = size.map((length, axis) => (length - 1) * dilations[axis]! + 1);
  const { padding = 'valid' } = request;
  if (padding === 'valid') {
    if (reach.some((length, axis) => length > extent[axis]!)) throw context.windowTooLarge(reach, extent);
    const output = extent.map((length, axis) => Math.floor((length - reach[axis]!) / strides[axis]!) + 1);
    return { size, strides, dilations, pads: extent.flatMap(() => [0, 0]), output };
  }
  const output = extent.map((length, axis) => Math.ceil(length / strides[axis]!));
  const missing = extent.map((length, axis) => {
    if (padding === 'causal') return reach[axis]! - 1;
    return Math.max(0, (output[axis]! - 1) * strides[axis]! + reach[axis]! - length);
  });
  const before = missing.map((count) => (padding === 'causal' ? count : Math.floor(count / 2)));
  const after = missing.map((count, axis) => count - before[axis]!);
  // Padding as wide as the window would leave windows that see nothing of the input.
  const widest = missing.map((_, axis) => Math.max(before[axis]!, after[axis]!));
  if (widest.some((count, axis) => count >= reach[axis]!)) throw context.windowTooLarge(reach, extent);
  return { size, strides, dilations, pads: [...before, ...after], output };
}

/** The attributes of ONNX's Conv and pooling operators; what is 1 everywhere is left out. */
export function windowAttributes({ size, strides, dilations, pads }: Window) {
  const dilated = dilations.some((distance) => distance !== 1);
  return { kernel_shape: size, strides, pads, ...(dilated ? { dilations } : {}) };
}
