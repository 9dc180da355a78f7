import type { ConcreteType, Node } from '@descent/autodiff';
import type { Tensor } from '@descent/tensors';
import type { TfjsBackend } from './backends.ts';
import type { TensorFlow, TfTensor } from './tensorflow.ts';

/** What a lowering sees of one node while it runs. Shapes are concrete: the batch size is bound. */
export interface LoweringContext {
  readonly tf: TensorFlow;
  readonly backend: TfjsBackend;
  readonly node: Node;
  readonly inputTypes: readonly (ConcreteType | undefined)[];
  readonly outputTypes: readonly ConcreteType[];
  /** An input, in the graph's layout: channels first. int64 and uint8 are int32 here. */
  value(input: number): TfTensor;
  /** An input of three or more axes with the channels last, as TensorFlow's windows want it. Converted once. */
  channelsLast(input: number): TfTensor;
  /** True where the input is there with its channels last already. */
  isChannelsLast(input: number): boolean;
  /** Value of an input that is a constant of the graph; it need not be uploaded for that. */
  constant(input: number): Tensor | undefined;
  /** An input on the host, float32 as float64. */
  host(input: number): Tensor;
  /** A tensor that the node needs in every run, made in the first. */
  kept(key: string, make: () => TfTensor): TfTensor;
  /** True where the backend has a kernel of TensorFlow's. */
  has(kernel: string): boolean;
}

/** A result whose channels are last; the graph's layout is made of it when somebody asks for it. */
export interface ChannelsLast {
  readonly channelsLast: TfTensor;
}

/** A result that was computed on the host; it is uploaded when a kernel asks for it. float32, not float64. */
export interface OnHost {
  readonly host: Tensor;
}

export type Result = TfTensor | ChannelsLast | OnHost;

/**
 * Computes one node: a result per output of it. Dtype and shape need not be exact: a result is cast and reshaped to
 * the type of its output. What else is allocated is given back when it returns.
 */
export type Lowering = (context: LoweringContext) => readonly Result[];

/** For the many lowerings of one output. */
export const single =
  (lower: (context: LoweringContext) => Result): Lowering =>
  (context) => [lower(context)];

export function isPresent({ node }: LoweringContext, input: number): boolean {
  return (node.inputs[input] ?? '') !== '';
}

export function inputShape(context: LoweringContext, input: number): readonly number[] {
  return context.inputTypes[input]?.shape ?? [];
}

export function outputShape(context: LoweringContext, output = 0): readonly number[] {
  return context.outputTypes[output]?.shape ?? [];
}

export function integerAttribute({ node }: LoweringContext, name: string, missing: number): number {
  const value = node.attributes[name];
  return typeof value === 'number' ? value : missing;
}

/** The integers of an input that is a constant: axes, bounds. */
export function integers(context: LoweringContext, input: number): readonly number[] | undefined {
  const constant = context.constant(input);
  return constant && Array.from(constant.data, Number);
}

export function axisOf(context: LoweringContext, name: string, missing: number, rank: number): number {
  const axis = integerAttribute(context, name, missing);
  return axis < 0 ? axis + rank : axis;
}
