import { elementCount } from '@descent/tensors';
import { renderShape } from '../dim.ts';
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
  if (integer(node.attributes, 'ceil_mode', 0) !== 0) throw wrongAttribute(node, 'ceil_mode', 'must be 0');
  const window = windowOrRefuse(context, shape.slice(2), kernel);
  // A window that lies in the padding alone has no maximum and no mean.
  if (window.pads.some((pad, index) => pad >= kernel[index % kernel.length]!)) {
    throw wrongAttribute(node, 'pads', `${renderShape(window.pads)} must be smaller than the window`);
  }
  return window;
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

export function planesOf({ shape }: ConcreteType): number {
  return shape[0]! * shape[1]!;
}

/** Of the elements at `inputs`, the offset of the first that is largest. */
export function firstMaximum(values: Float64Array, inputs: readonly number[]): number {
  return inputs.reduce((best, offset) => (values[offset]! > values[best]! ? offset : best));
}
