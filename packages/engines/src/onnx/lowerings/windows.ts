import { elementCount } from '@descent/tensors';
import { inputShape, type LoweringContext, outputShape } from '../lowering.ts';
import type { OnnxAttribute } from '../model-writer.ts';

/** The sliding window of a backward node, or of a pooling: one entry per spatial axis, pads all begins then all ends. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

/** The window of a forward node, whose pads auto_pad may leave to the sizes of its input and output. */
export function paddedWindow(context: LoweringContext, kernel?: readonly number[]): Window {
  const window = resolvedWindow(context, kernel);
  const mode = context.node.attributes.auto_pad ?? 'NOTSET';
  if (mode === 'NOTSET') return window;
  if (mode === 'VALID') return { ...window, pads: window.pads.map(() => 0) };
  const [input, output] = [inputShape(context, 0).slice(2), outputShape(context).slice(2)];
  const total = input.map((size, axis) =>
    Math.max(0, (output[axis]! - 1) * window.strides[axis]! + reach(window, axis) - size),
  );
  const [less, more] = [total.map((pad) => Math.floor(pad / 2)), total.map((pad) => Math.ceil(pad / 2))];
  return { ...window, pads: mode === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less] };
}

/**
 * onnxruntime's shape inference counts a last window of ceil_mode that lies in the padding alone; the operator's
 * definition, and ours, drops it.
 */
export function dropsLastWindow(
  window: Window,
  input: readonly number[],
  output: readonly number[],
): boolean {
  const { strides, pads } = window;
  return input.some((size, axis) => {
    const padded = size + pads[axis]! + pads[axis + input.length]!;
    return Math.ceil((padded - reach(window, axis)) / strides[axis]!) + 1 > output[axis]!;
  });
}

/** From a node whose attributes hold the window resolved, as those of all backward operations do. */
export function resolvedWindow(
  { node: { attributes } }: Pick<LoweringContext, 'node'>,
  kernel = attributes.kernel_shape as readonly number[],
): Window {
  const list = (name: string, missing: readonly number[]) =>
    (attributes[name] as readonly number[] | undefined) ?? missing;
  const ones = kernel.map(() => 1);
  return {
    kernel,
    strides: list('strides', ones),
    dilations: list('dilations', ones),
    pads: list('pads', [...ones, ...ones].fill(0)),
  };
}

export function windowAttributes({
  kernel,
  strides,
  dilations,
  pads,
}: Window): Record<string, OnnxAttribute> {
  return {
    kernel_shape: kernel,
    strides,
    pads,
    ...(dilations.every((step) => step === 1) ? {} : { dilations }),
  };
}

/** Elements that a window reaches over along an axis. */
export function reach({ kernel, dilations }: Window, axis: number): number {
  return (kernel[axis]! - 1) * dilations[axis]! + 1;
}

/** True where no element of the input lies in two windows. */
export function isDisjoint(window: Window): boolean {
  return window.kernel.every((_, axis) => reach(window, axis) <= window.strides[axis]!);
}

/** True where every element of an input of those sizes lies in one window, and none beside it. */
export function tiles({ kernel, strides, pads, dilations }: Window, spatial: readonly number[]): boolean {
  return (
    kernel.every((size, axis) => size === strides[axis] && spatial[axis]! % size === 0) &&
    [...pads, ...dilations.map((step) => step - 1)].every((one) => one === 0)
  );
}

/**
 * ConvTranspose's attributes for the adjoint of a window: what it leaves of the input behind the last window is
 * `output_padding`; where the last window of ceil_mode reaches beyond the padding, the padding at the end grows.
 */
export function transposedAttributes(
  window: Window,
  input: readonly number[],
  output: readonly number[],
): Record<string, OnnxAttribute> {
  const { strides, pads } = window;
  const rest = input.map((size, axis) => {
    const covered = (output[axis]! - 1) * strides[axis]! + reach(window, axis);
    return size - covered + pads[axis]! + pads[axis + input.length]!;
  });
  return {
    ...windowAttributes(widened(window, input, output)),
    ...(rest.every((size) => size <= 0) ? {} : { output_padding: rest.map((size) => Math.max(0, size)) }),
  };
}

/** The same places with pads at the end that every window, those of ceil_mode too, ends in. */
export function widened(window: Window, input: readonly number[], output: readonly number[]): Window {
  const { strides, pads } = window;
  const ends = input.map((size, axis) => {
    const covered = (output[axis]! - 1) * strides[axis]! + reach(window, axis);
    return Math.max(pads[axis + input.length]!, covered - size - pads[axis]!);
  });
  return { ...window, pads: [...pads.slice(0, input.length), ...ends] };
}

export function spatialSize(context: LoweringContext, index: number): number {
  return elementCount(inputShape(context, index).slice(2));
}
