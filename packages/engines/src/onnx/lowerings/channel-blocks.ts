import { input, inputShape, type LoweringContext, reshaped } from '../lowering.ts';
import type { ModelWriter, OnnxAttribute, OnnxValue } from '../model-writer.ts';

/**
 * Note: channel blocks. onnxruntime has direct convolutions without columns (30 to 45 % faster for 3×3 kernels) on
 * [n, channels ÷ b, ...places, b], b channels beside each other. Its own rewriting of a model to them needs constant
 * kernels, and ours are inputs; so lowerings write these operators themselves, a value at a time: a blocked value leaves its
 * lowering behind a `ReorderOutput`, and the next one that computes on blocks takes what lies before it. Reorderings that
 * nobody reads are dropped with all unread nodes. onnxruntime gives a blocked value the shape of the plain one, so
 * element-wise operators compute on it as it is.
 */
const domain = 'com.microsoft.nchwc';

/** A node of that domain, of one output; inputs and output are blocked. */
export function blockedOp(
  writer: ModelWriter,
  type: string,
  inputs: readonly OnnxValue[],
  attributes: Record<string, OnnxAttribute>,
): OnnxValue {
  return writer.many(type, inputs, attributes, 1, domain)[0]!;
}

/** The plain layout of a blocked value. */
export function unblocked(writer: ModelWriter, value: OnnxValue, channels: number): OnnxValue {
  return blockedOp(writer, 'ReorderOutput', [value], { channels });
}

/** The blocked layout of an input, at no cost where it was made of one. */
export function blocked(context: LoweringContext, index: number): OnnxValue {
  const value = input(context, index);
  return blocksBehind(context.writer, value) ?? blockedOp(context.writer, 'ReorderInput', [value], {});
}

/** True where an input lies in blocks already. */
export function isBlocked({ writer, inputs }: LoweringContext, index: number): boolean {
  return blocksBehind(writer, inputs[index] ?? '') !== undefined;
}

/** True where a value of that shape, [n, channels, height, width], can lie in blocks. */
export function fitsBlocks({ channelBlock }: LoweringContext, shape: readonly number[]): boolean {
  return channelBlock !== undefined && shape.length === 4 && shape[1]! % channelBlock === 0;
}

function blocksBehind(writer: ModelWriter, value: OnnxValue): OnnxValue | undefined {
  const made = writer.production(value);
  return made?.opType === 'ReorderOutput' ? made.inputs[0] : undefined;
}

/** [filters, channels, ...kernel] as the convolution reads it: [filters ÷ b, channels ÷ b, ...kernel, b channels, b filters]. */
export function blockedKernel(
  { writer, channelBlock: block }: LoweringContext & { readonly channelBlock: number },
  kernel: OnnxValue,
  shape: readonly number[],
): OnnxValue {
  const [filters, channels, height, width] = shape as [number, number, number, number];
  // Fewer channels than a block are read from the plain layout.
  const apart =
    channels < block
      ? { shape: [filters / block, block, channels, height, width], perm: [0, 2, 3, 4, 1] }
      : {
          shape: [filters / block, block, channels / block, block, height, width],
          perm: [0, 2, 4, 5, 3, 1],
        };
  const turned = writer.op('Transpose', [reshaped(writer, kernel, apart.shape)], { perm: apart.perm });
  return reshaped(writer, turned, shape);
}

/** An input of shape [n, channels, ...places] as [n, ...places, channels]. */
export function channelsLast(context: LoweringContext, index: number): OnnxValue {
  const { writer } = context;
  const shape = inputShape(context, index);
  if (isBlocked(context, index)) {
    const attributes = { channels: shape[1]!, channels_last: 1 };
    return blockedOp(writer, 'ReorderOutput', [blocked(context, index)], attributes);
  }
  const [samples, channels, ...places] = shape.map((_, axis) => axis) as [number, number, ...number[]];
  return writer.op('Transpose', [input(context, index)], { perm: [samples, ...places, channels] });
}
