import type { ConcreteType, Node, OperationName, ValueName } from '@descent/autodiff';
import type { Tensor } from '@descent/tensors';
import type { ModelWriter, OnnxValue } from './model-writer.ts';

/** What a lowering sees of one node. Shapes are concrete: the batch size is bound. */
export interface LoweringContext {
  readonly node: Node;
  readonly writer: ModelWriter;
  /** In the node's order; the empty string is an absent optional input. */
  readonly inputs: readonly OnnxValue[];
  readonly inputTypes: readonly (ConcreteType | undefined)[];
  readonly outputTypes: readonly ConcreteType[];
  /** Value of an input that is a constant of the graph. */
  constant(input: number): Tensor | undefined;
  /** The nodes that read a value of the graph. */
  readers(value: ValueName): readonly Node[];
  /** True where a node of that operation reads an output of this one. */
  feeds(op: OperationName): boolean;
  /** True where one node, of that operation, reads the first output of this one, and nothing else reads any. */
  feedsOnly(op: OperationName): boolean;
  /** Channels that lie together in the layout of onnxruntime's convolutions; undefined where it has none (channel-blocks.ts). */
  readonly channelBlock: number | undefined;
}

/** Writes the ONNX nodes that compute one node of the graph; returns a value per output of the node. */
export type Lowering = (context: LoweringContext) => readonly OnnxValue[];

/** For the many lowerings of one output. */
export const single =
  (lower: (context: LoweringContext) => OnnxValue): Lowering =>
  (context) => [lower(context)];

export function input(context: LoweringContext, index: number): OnnxValue {
  return context.inputs[index] ?? '';
}

export function inputShape(context: LoweringContext, index: number): readonly number[] {
  return context.inputTypes[index]?.shape ?? [];
}

export function outputShape(context: LoweringContext, index = 0): readonly number[] {
  return context.outputTypes[index]?.shape ?? [];
}

export function reshaped(writer: ModelWriter, value: OnnxValue, shape: readonly number[]): OnnxValue {
  // A 0 would stand for the input's size, if it were not said that it does not.
  const attributes: Record<string, number> = shape.includes(0) ? { allowzero: 1 } : {};
  return writer.op('Reshape', [value, writer.integers(shape)], attributes);
}
