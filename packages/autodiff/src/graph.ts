import type { Dtype, Tensor } from '@descent/tensors';
import type { Shape } from './dim.ts';
import type { OperationName } from './operations/index.ts';

/** Name of a value: unique in its graph. A node with one output gives the value its own name. */
export type ValueName = string;

export interface ValueType {
  readonly dtype: Dtype;
  readonly shape: Shape;
}

export type AttributeValue = number | string | readonly number[] | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** One operation: ONNX's operator of that name (opset 17), its inputs in ONNX's order, its attributes. */
export interface Node {
  readonly name: string;
  readonly op: OperationName;
  /** An absent optional input is the empty string, as in ONNX. */
  readonly inputs: readonly ValueName[];
  readonly outputs: readonly ValueName[];
  readonly attributes: Attributes;
  /** The layer of the spec that the node came from; backward nodes carry the layer they differentiate. */
  readonly layer?: string;
}

/**
 * A directed acyclic graph of operations. Immutable. `nodes` are in topological order.
 * Every value is an input, a parameter, a state, a constant, or an output of one node.
 */
export interface Graph {
  /** Fed for each run from the data set, or made from the seed (dropout masks). */
  readonly inputs: readonly ValueName[];
  /** Trained, or frozen and left out of `wrt`. In layout order of the flat parameter buffer. */
  readonly parameters: readonly ValueName[];
  /** Updated by running averages, not by gradients. */
  readonly states: readonly ValueName[];
  readonly constants: ReadonlyMap<ValueName, Tensor>;
  readonly nodes: readonly Node[];
  /** Public name → value. */
  readonly outputs: ReadonlyMap<string, ValueName>;
  /** Type of every value of the graph. */
  readonly types: ReadonlyMap<ValueName, ValueType>;
}
