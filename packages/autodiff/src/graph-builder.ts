import type { Tensor } from '@descent/tensors';
import type { Shape } from './dim.ts';
import type { Attributes, Graph, ValueName, ValueType } from './graph.ts';
import type { OperationName } from './operations/index.ts';

/**
 * Grows a graph node by node; infers and checks each node's types as it is added, so a graph that was built is a
 * graph that is well-typed. Implemented by `createGraphBuilder`.
 */
export interface GraphBuilder {
  input(name: string, type: ValueType): ValueName;
  parameter(name: string, shape: Shape): ValueName;
  state(name: string, shape: Shape): ValueName;
  constant(value: Tensor, name?: string): ValueName;
  /** float32 scalar constant, shared by value. */
  scalar(value: number): ValueName;
  /** int64 vector constant (shapes, axes), shared by value. */
  integers(values: readonly number[]): ValueName;
  /** Adds a node with one output and returns it. A missing name is derived from the operation. */
  add(op: OperationName, inputs: readonly ValueName[], attributes?: Attributes, name?: string): ValueName;
  /** Adds a node with several outputs. */
  addMany(
    op: OperationName,
    inputs: readonly ValueName[],
    attributes: Attributes,
    outputs: number,
    name?: string,
  ): readonly ValueName[];
  output(name: string, value: ValueName): void;
  type(value: ValueName): ValueType;
  /** Nodes added inside `body` carry this layer name. */
  inLayer<Result>(layer: string, body: () => Result): Result;
  build(): Graph;
}
