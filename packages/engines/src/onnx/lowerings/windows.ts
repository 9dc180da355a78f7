import { elementCount } from '@descent/tensors';
import { inputShape, type LoweringContext } from '../lowering.ts';
import type { OnnxAttribute } from '../model-writer.ts';

/** The sliding window of a backward node, or of a pooling: one entry per spatial axis, pads all begins then all ends. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

/** From a node whose attributes hold the window resolved, as those of all backward operations do. */
export function resolvedWindow({ node: { attributes } }: LoweringContext): Window {
  const kernel = attributes.kernel_shape as readonly number[];
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

/** ConvTranspose's attributes for the adjoint of a window: what it leaves of the input behind the last window is `output_padding`. */
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
    ...windowAttributes(window),
    ...(rest.every((size) => size === 0) ? {} : { output_padding: rest }),
  };
}

export function spatialSize(context: LoweringContext, index: number): number {
  return elementCount(inputShape(context, index).slice(2));
}
