import { renderShape } from '../dim.ts';
import type { Attributes, Node } from '../graph.ts';
import type { ShapeContext } from '../operation.ts';
import { integers, text } from './attributes.ts';
import { mismatch, wrongAttribute } from './refuse.ts';
import { autoPads, perAxis } from './window.ts';

/** Where a transposed convolution lays its windows. One entry per spatial axis; pads are all begins, then all ends. */
export interface TransposedWindow {
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Elements cut off (negative: zeros added) at both ends of what the windows cover. */
  readonly pads: readonly number[];
  readonly output: readonly number[];
}

/**
 * Resolves ONNX ConvTranspose's attributes: output = stride · (input − 1) + output_padding + reach − pads. Where
 * output_shape is given, or auto_pad makes it stride · input, the pads follow from it.
 */
export function transposedWindowOf(
  input: readonly number[],
  kernel: readonly number[],
  attributes: Attributes,
): TransposedWindow {
  const rank = input.length;
  const strides = perAxis(attributes, 'strides', rank);
  const dilations = perAxis(attributes, 'dilations', rank);
  const extra = integers(attributes, 'output_padding') ?? input.map(() => 0);
  const mode = text(attributes, 'auto_pad', 'NOTSET');
  const covered = input.map(
    (size, axis) => strides[axis]! * (size - 1) + extra[axis]! + (kernel[axis]! - 1) * dilations[axis]! + 1,
  );
  const asked =
    askedShape(attributes, rank) ?? (mode.startsWith('SAME') ? sameShape(input, strides) : undefined);
  if (asked === undefined) {
    const none = new Array<number>(2 * rank).fill(0);
    const pads = mode === 'VALID' ? none : (integers(attributes, 'pads') ?? none);
    const output = covered.map((size, axis) => size - pads[axis]! - pads[axis + rank]!);
    return { input, kernel, strides, dilations, pads, output };
  }
  const total = covered.map((size, axis) => size - asked[axis]!);
  const [less, more] = [total.map((pad) => Math.floor(pad / 2)), total.map((pad) => Math.ceil(pad / 2))];
  // As the operator's definition has it: SAME_UPPER cuts the odd element off the end, all others off the beginning.
  const pads = mode === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less];
  return { input, kernel, strides, dilations, pads, output: asked };
}

/** For the shape rule: every mistake in the attributes, in words. */
export function transposedWindowOrRefuse(
  context: ShapeContext,
  input: readonly number[],
  kernel: readonly number[],
): TransposedWindow {
  const { node } = context;
  checkAttributes(node, input.length);
  const window = transposedWindowOf(input, kernel, node.attributes);
  if (window.output.some((size) => size < 1)) {
    throw mismatch(context, `the result would be ${renderShape(window.output)} after its pads are cut off`);
  }
  const { strides, dilations, pads } = window;
  const covered = input.map(
    (size, axis) => strides[axis]! * (size - 1) + (kernel[axis]! - 1) * dilations[axis]! + 1,
  );
  if (
    covered.some((size, axis) => Math.max(0, pads[axis]!) + Math.max(0, pads[axis + input.length]!) >= size)
  ) {
    throw wrongAttribute(node, 'pads', `${renderShape(pads)} cut off all of ${renderShape(covered)}`);
  }
  return window;
}

function checkAttributes(node: Pick<Node, 'name' | 'op' | 'attributes'>, rank: number): void {
  if (!autoPads.includes(text(node.attributes, 'auto_pad', 'NOTSET'))) {
    throw wrongAttribute(node, 'auto_pad', `must be one of ${autoPads.join(', ')}`);
  }
  for (const [name, least, lengths] of [
    ['strides', 1, [rank]],
    ['dilations', 1, [rank]],
    ['output_padding', 0, [rank]],
    ['output_shape', 1, [rank, rank + 2]],
    ['pads', 0, [2 * rank]],
  ] as const) {
    const given = integers(node.attributes, name);
    if (given === undefined) continue;
    if (!lengths.some((length) => length === given.length) || given.some((value) => value < least)) {
      throw wrongAttribute(node, name, `must be ${lengths.join(' or ')} integers of at least ${least}`);
    }
  }
}

/** Some exporters write the batch and channel axes too. */
function askedShape(attributes: Attributes, rank: number): readonly number[] | undefined {
  return integers(attributes, 'output_shape')?.slice(-rank);
}

function sameShape(input: readonly number[], strides: readonly number[]): readonly number[] {
  return input.map((size, axis) => size * strides[axis]!);
}
