import type { PairOrNumber } from '@descent/contracts';
import { type Feature, toChannelsFirst } from '../feature.ts';
import type { LayerContext } from './layer.ts';

export interface Window {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  /** ONNX order: top, left, bottom, right. */
  readonly pads: readonly [number, number, number, number];
  /** Height and width of the output. */
  readonly output: readonly [number, number];
}

export function pair(value: PairOrNumber): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : [value[0]!, value[1]!];
}

/** The image that a window slides over, channels-first, or a refusal. */
export function imageOf(context: LayerContext, input: Feature): Feature {
  if (input.shape.length !== 3) {
    throw context.mismatch('it works on images', '[height, width, channels]', input.shape);
  }
  return toChannelsFirst(context.graph, input);
}

/**
 * Where a window goes. `valid`: only where it fits; `same`: ⌈input ÷ stride⌉ positions per axis, with the padding split
 * evenly and the odd row or column at the end, as in TensorFlow.
 */
export function slide(
  context: LayerContext,
  image: Feature,
  size: readonly [number, number],
  strides: readonly [number, number],
  padding: 'valid' | 'same' | undefined,
): Window {
  const extent = [image.shape[0]!, image.shape[1]!] as const;
  if (padding !== 'same') {
    if (size[0] > extent[0] || size[1] > extent[1]) throw context.windowTooLarge(size, extent);
    const along = (axis: 0 | 1) => Math.floor((extent[axis] - size[axis]) / strides[axis]) + 1;
    return { size, strides, pads: [0, 0, 0, 0], output: [along(0), along(1)] };
  }
  const along = (axis: 0 | 1) => Math.ceil(extent[axis] / strides[axis]);
  const missing = (axis: 0 | 1) => Math.max(0, (along(axis) - 1) * strides[axis] + size[axis] - extent[axis]);
  const [rows, columns] = [missing(0), missing(1)];
  // Padding as wide as the window would leave windows that see nothing of the input.
  if (Math.ceil(rows / 2) >= size[0] || Math.ceil(columns / 2) >= size[1]) {
    throw context.windowTooLarge(size, extent);
  }
  const [top, left] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  return {
    size,
    strides,
    pads: [top, left, rows - top, columns - left],
    output: [along(0), along(1)],
  };
}
