import type { Tensor } from '@descent/tensors';
import type { Attributes, Node, ValueName, ValueType } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';

/** What a shape rule sees. `constant` gives an input's value where it is known while the graph is built. */
export interface ShapeContext {
  readonly node: Pick<Node, 'name' | 'op' | 'attributes'>;
  /** Undefined for an absent optional input. */
  readonly inputs: readonly (ValueType | undefined)[];
  constant(input: number): Tensor | undefined;
}

/** What a gradient rule sees: the node, and the gradients of the loss by its outputs (absent: no path to the loss). */
export interface GradientContext {
  readonly graph: GraphBuilder;
  readonly node: Node;
  readonly outputGradients: readonly (ValueName | undefined)[];
  /** True where a gradient by that input is wanted; others may be skipped. */
  readonly needs: readonly boolean[];
  type(value: ValueName): ValueType;
}

export interface Cost {
  /** Floating-point operations: a multiply and an add count two. */
  readonly flops: number;
  /** Bytes read and written by an engine that fuses nothing. */
  readonly bytes: number;
}

/** Concrete view of a node for `cost` and `evaluate`: every dimension is a number. */
export interface ConcreteType {
  readonly dtype: ValueType['dtype'];
  readonly shape: readonly number[];
}

/** One operation of the computation graph: the meaning of one ONNX operator. One file each. */
export interface Operation {
  /** Types of the outputs, or a DescentError that names the node and the shapes that disagree. */
  shape(context: ShapeContext): readonly ValueType[];
  /** Reference evaluation; floating-point tensors are computed in double precision (float64 in, float64 out). */
  evaluate(
    inputs: readonly (Tensor | undefined)[],
    attributes: Attributes,
    outputs: readonly ConcreteType[],
  ): readonly Tensor[];
  /**
   * Adds the vector-Jacobian product's nodes and returns, per input, the value that holds the gradient.
   * Undefined for an input that has none (integer, not needed). 'none': not differentiable, gradient is zero everywhere.
   */
  gradient: ((context: GradientContext) => readonly (ValueName | undefined)[]) | 'none';
  cost(
    inputs: readonly (ConcreteType | undefined)[],
    outputs: readonly ConcreteType[],
    attributes: Attributes,
  ): Cost;
}
