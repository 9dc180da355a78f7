import { elementCount } from '@descent/tensors';
import { renderShape, type Shape } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import type { ConcreteType, ShapeContext } from '../operation.ts';
import { integer, integers } from './attributes.ts';
import { mismatch, wrongAttribute } from './refuse.ts';
import { type Window, windowOf, windowOffsets, windowOrRefuse } from './window.ts';

/** The window of a pooling node, or an error that names what does not fit. */
export function poolingOrRefuse(context: ShapeContext): Window {
  const { node, inputs } = context;
  const { shape } = inputs[0]!;
  if (shape.length < 3) {
    throw mismatch(context, `X is [n, channels, ...spatial], not ${renderShape(shape)}`);
  }
  const kernel = integers(node.attributes, 'kernel_shape');
  if (kernel === undefined) throw wrongAttribute(node, 'kernel_shape', 'is missing');
  const window = windowOrRefuse(context, shape.slice(2), kernel);
  // A window that lies in the padding alone has no maximum and no mean.
  if (window.pads.some((pad, index) => pad >= kernel[index % kernel.length]!) || hasEmptyPlace(window)) {
    throw wrongAttribute(node, 'pads', `${renderShape(window.pads)} must be smaller than the window`);
  }
  return window;
}

/** A place is a product of places per axis, so it is empty where one axis has an empty one. */
function hasEmptyPlace({ input, kernel, strides, dilations, pads, output }: Window): boolean {
  return input.some((size, axis) => {
    const [count, elements] = [output[axis]!, kernel[axis]!];
    const inside = (place: number, element: number) => {
      const at = place * strides[axis]! - pads[axis]! + element * dilations[axis]!;
      return at >= 0 && at < size;
    };
    return Array.from({ length: count }).some((_, place) =>
      Array.from({ length: elements }).every((__, element) => !inside(place, element)),
    );
  });
}

export function poolingOf(input: ConcreteType, attributes: Attributes): Window {
  return windowOf(input.shape.slice(2), integers(attributes, 'kernel_shape')!, attributes);
}

/**
 * Calls `visit` per (sample, channel, place) with its offset in the output and the offsets in the input of the
 * window's elements in row-major order, without the padding.
 */
export function walkPooling(
  window: Window,
  planes: number,
  visit: (output: number, inputs: readonly number[]) => void,
): void {
  const at = windowOffsets(window);
  const [size, places, elements] = [window.input, window.output, window.kernel].map(elementCount) as [
    number,
    number,
    number,
  ];
  for (let plane = 0; plane < planes; plane += 1) {
    for (let place = 0; place < places; place += 1) {
      const inputs: number[] = [];
      for (const offset of at.subarray(place * elements, (place + 1) * elements)) {
        if (offset >= 0) inputs.push(plane * size + offset);
      }
      visit(plane * places + place, inputs);
    }
  }
}

/**
 * Per place, 1 ÷ the number of elements that a mean over its window counts: those inside the input, or with
 * count_include_pad those inside the input and its padding (a window of ceil_mode may reach beyond both).
 */
export function meanShares(window: Window, attributes: Attributes): Float64Array {
  const counted =
    integer(attributes, 'count_include_pad', 0) === 0
      ? window
      : {
          ...window,
          input: window.input.map(
            (size, axis) => size + window.pads[axis]! + window.pads[axis + window.input.length]!,
          ),
          pads: window.pads.map(() => 0),
        };
  const at = windowOffsets(counted);
  const elements = elementCount(window.kernel);
  return Float64Array.from({ length: elementCount(window.output) }, (_, place) => {
    const inside = at.subarray(place * elements, (place + 1) * elements).filter((offset) => offset >= 0);
    return 1 / inside.length;
  });
}

/** The shape that a pooling over all spatial axes leaves, or an error. */
export function globallyPooled(context: ShapeContext): Shape {
  const { shape } = context.inputs[0]!;
  if (shape.length < 3 || shape.slice(2).some((dim) => typeof dim !== 'number')) {
    throw mismatch(context, `X is [n, channels, ...spatial], not ${renderShape(shape)}`);
  }
  return shape.map((dim, axis) => (axis < 2 ? dim : 1));
}

export function spatialAxes(shape: Shape): readonly number[] {
  return shape.map((_, axis) => axis).slice(2);
}

export function planesOf({ shape }: ConcreteType): number {
  return shape[0]! * shape[1]!;
}

/** Of the elements at `inputs`, the offset of the first that is largest. */
export function firstMaximum(values: Float64Array, inputs: readonly number[]): number {
  return inputs.reduce((best, offset) => (values[offset]! > values[best]! ? offset : best));
}
