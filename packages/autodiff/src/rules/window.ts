import { elementCount } from '@descent/tensors';
import { type Dim, renderShape, type Shape } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import type { AttributeKind, ShapeContext } from '../operation.ts';
import { integer, integers, text } from './attributes.ts';
import { offsets, stridesOf, unravel } from './indexing.ts';
import { mismatch, wrongAttribute } from './refuse.ts';

/** A window that slides over the spatial axes: of a convolution or a pooling. One entry per spatial axis. */
export interface Window {
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Zeros before and after each axis: all begins, then all ends, as in ONNX. */
  readonly pads: readonly number[];
  readonly output: readonly number[];
}

export const autoPads: readonly string[] = ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'];

export const windowAttributes = {
  auto_pad: 'text',
  dilations: 'integers',
  kernel_shape: 'integers',
  pads: 'integers',
  strides: 'integers',
} as const satisfies Record<string, AttributeKind>;

/**
 * Resolves ONNX's window attributes against the input's spatial sizes. Throws a RangeError with the problem in words:
 * see `windowOrRefuse`.
 */
export function windowOf(
  input: readonly number[],
  kernel: readonly number[],
  attributes: Attributes,
): Window {
  const rank = input.length;
  const strides = perAxis(attributes, 'strides', rank);
  const dilations = perAxis(attributes, 'dilations', rank);
  const reach = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  const pads = padsOf(input, reach, strides, attributes);
  const ceil = integer(attributes, 'ceil_mode', 0) !== 0;
  const output = input.map((size, axis) => {
    const [begin, end, stride] = [pads[axis]!, pads[axis + rank]!, strides[axis]!];
    const steps = (size + begin + end - reach[axis]!) / stride;
    if (!ceil || Number.isInteger(steps)) return Math.floor(steps) + 1;
    // A window of the rest counts where it starts before the padding at the end.
    const places = Math.ceil(steps) + 1;
    return (places - 1) * stride < size + begin ? places : places - 1;
  });
  return { input, kernel, strides, dilations, pads, output };
}

/** For shape rules: every mistake in window attributes or spatial sizes, in words. */
export function windowOrRefuse(context: ShapeContext, spatial: Shape, kernel: readonly number[]): Window {
  const { node } = context;
  const fixed = spatial.filter((dim): dim is number => typeof dim === 'number');
  if (fixed.length !== spatial.length) {
    throw mismatch(context, `the spatial axes ${renderShape(spatial)} must not hold the batch`);
  }
  if (!autoPads.includes(text(node.attributes, 'auto_pad', 'NOTSET'))) {
    throw wrongAttribute(node, 'auto_pad', `must be one of ${autoPads.join(', ')}`);
  }
  for (const [name, least, length] of [
    ['strides', 1, spatial.length],
    ['dilations', 1, spatial.length],
    ['kernel_shape', 1, spatial.length],
    ['pads', 0, 2 * spatial.length],
  ] as const) {
    const given = integers(node.attributes, name);
    if (given !== undefined && (given.length !== length || given.some((value) => value < least))) {
      throw wrongAttribute(node, name, `must be ${length} integers of at least ${least}`);
    }
  }
  const window = windowOf(fixed, kernel, node.attributes);
  if (window.output.some((size) => size < 1)) {
    throw mismatch(
      context,
      `a window of ${renderShape(kernel)} (dilations ${renderShape(window.dilations)}) does not fit into ` +
        `${renderShape(spatial)} with pads ${renderShape(window.pads)}`,
    );
  }
  return window;
}

/**
 * Pads with which windows that need no ceil_mode lie at the same places: where the last one reaches beyond the padding,
 * the padding at the end grows.
 */
export function widenedPads({ input, kernel, strides, dilations, pads, output }: Window): readonly number[] {
  const ends = input.map((size, axis) => {
    const reach = (kernel[axis]! - 1) * dilations[axis]! + 1;
    const covered = (output[axis]! - 1) * strides[axis]! + reach;
    return Math.max(pads[axis + input.length]!, covered - size - pads[axis]!);
  });
  return [...pads.slice(0, input.length), ...ends];
}

/** The attributes of a backward node: everything resolved, the input's spatial sizes included. */
export function resolvedAttributes({ kernel, strides, dilations, pads }: Window): Attributes {
  return { kernel_shape: kernel, strides, dilations, pads };
}

export const resolvedWindowAttributes = {
  dilations: 'integers',
  input_shape: 'integers',
  kernel_shape: 'integers',
  pads: 'integers',
  strides: 'integers',
} as const satisfies Record<string, AttributeKind>;

/**
 * For each place of the window and each element in it (place-major), the offset in one channel of the input, or −1
 * in the padding.
 */
export function windowOffsets(window: Window): Int32Array {
  const { input, kernel, strides, dilations, pads, output } = window;
  const [places, elements] = [elementCount(output), elementCount(kernel)];
  const skip = stridesOf(input);
  const result = new Int32Array(places * elements);
  for (let place = 0; place < places; place += 1) {
    const corner = unravel(place, output).map((at, axis) => at * strides[axis]! - pads[axis]!);
    for (let element = 0; element < elements; element += 1) {
      const position = unravel(element, kernel).map((at, axis) => corner[axis]! + at * dilations[axis]!);
      const inside = position.every((at, axis) => at >= 0 && at < input[axis]!);
      result[place * elements + element] = inside
        ? position.reduce((offset, at, axis) => offset + at * skip[axis]!, 0)
        : -1;
    }
  }
  return result;
}

/** Offsets of each (sample, channel) plane of an [n, channels, ...spatial] tensor. */
export function planeOffsets(shape: readonly number[]): Int32Array {
  return offsets([shape[0]!, shape[1]!], stridesOf(shape).slice(0, 2));
}

export function spatialShape(shape: Shape, spatial: readonly Dim[], channels?: Dim): Shape {
  return [shape[0]!, channels ?? shape[1]!, ...spatial];
}

export function perAxis(attributes: Attributes, name: string, rank: number): readonly number[] {
  return integers(attributes, name) ?? new Array<number>(rank).fill(1);
}

function padsOf(
  input: readonly number[],
  reach: readonly number[],
  strides: readonly number[],
  attributes: Attributes,
): readonly number[] {
  const none = new Array<number>(2 * input.length).fill(0);
  const mode = text(attributes, 'auto_pad', 'NOTSET');
  if (mode === 'VALID') return none;
  if (mode === 'NOTSET') return integers(attributes, 'pads') ?? none;
  const total = input.map((size, axis) => {
    const places = Math.ceil(size / strides[axis]!);
    return Math.max(0, (places - 1) * strides[axis]! + reach[axis]! - size);
  });
  // The odd zero goes to the end for SAME_UPPER, to the beginning for SAME_LOWER.
  const [less, more] = [total.map((pad) => Math.floor(pad / 2)), total.map((pad) => Math.ceil(pad / 2))];
  return mode === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less];
}
