import type { Tensor } from '@descent/tensors';
import type { Shape } from './dim.ts';
import type { Attributes, Node, ValueName, ValueType } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';

/** What a node may be fed. float: float32 (evaluated in double); index: int32 or int64; number: all but bool; signed: neither uint8. */
export type DtypeRule = 'float' | 'index' | 'number' | 'signed' | 'bool' | 'any';

export interface InputRule {
  /** ONNX's name of the input. */
  readonly name: string;
  readonly dtypes: DtypeRule;
  /** Absent: required. `variadic`: one or more, last in the list. */
  readonly presence?: 'optional' | 'variadic';
}

export type AttributeKind = 'integer' | 'integers' | 'real' | 'reals' | 'text' | 'texts';

/** What a shape rule sees. Number and dtypes of inputs and kinds of attributes are checked before it is called. */
export interface ShapeContext {
  readonly node: Pick<Node, 'name' | 'op' | 'attributes'>;
  /** Undefined for an absent optional input. */
  readonly inputs: readonly (ValueType | undefined)[];
  /** How many outputs the node takes. */
  readonly outputs: number;
  /** An input's value where it is known while the graph is built. */
  constant(input: number): Tensor | undefined;
  /**
   * An integer vector (or scalar, as a vector of one) read as a shape: of a constant, or of what nodes compute from
   * constants and shapes (there it may hold `batch`).
   */
  shapeValue(input: number): Shape | undefined;
}

/** What a gradient rule sees: the node, and the gradients of the loss by its outputs (absent: no path to the loss). */
export interface GradientContext {
  readonly graph: GraphBuilder;
  readonly node: Node;
  readonly outputGradients: readonly (ValueName | undefined)[];
  /** True where a gradient by that input is wanted; others may be skipped. */
  readonly needs: readonly boolean[];
  type(value: ValueName): ValueType;
  /** An input's value where it is a constant of the graph. */
  constant(input: number): Tensor | undefined;
}

/** What a function body sees: the builder of the graph that its nodes are added to, and the node it stands for. */
export type DecomposeContext = Pick<GradientContext, 'graph' | 'node' | 'type' | 'constant'>;

/** Per input, the value that holds the loss's gradient by it; undefined where there is none or it is not needed. */
export type GradientRule = (context: GradientContext) => readonly (ValueName | undefined)[];

export interface Cost {
  /** Floating-point operations: a multiply and an add count two. */
  readonly flops: number;
  /** Bytes read and written by an engine that fuses nothing. */
  readonly bytes: number;
}

/** Concrete view of a value for `cost` and `evaluate`: every dimension is a number. */
export interface ConcreteType {
  readonly dtype: ValueType['dtype'];
  readonly shape: readonly number[];
}

/** One operation of the computation graph: the meaning of one ONNX operator. One file each. */
export interface Operation {
  readonly inputs: readonly InputRule[];
  /** Attributes that the operation knows; each may be left out unless its shape rule says otherwise. */
  readonly attributes: Readonly<Record<string, AttributeKind>>;
  /** Types of all outputs the operation has (a node may take fewer), or a DescentError that names the node and the shapes. */
  shape(context: ShapeContext): readonly ValueType[];
  /** Reference evaluation; floating-point tensors are computed in double precision (float64 in, float64 out). */
  evaluate(
    inputs: readonly (Tensor | undefined)[],
    attributes: Attributes,
    outputs: readonly ConcreteType[],
  ): readonly Tensor[];
  /**
   * Adds the nodes of the vector-Jacobian product.
   * 'zero': piecewise constant or of integers, so no gradient flows. 'first-order-only': itself a gradient, whose
   * own derivative is not known; differentiating it is refused. 'decompose': that of the function body.
   */
  readonly gradient: GradientRule | 'zero' | 'first-order-only' | 'decompose';
  /**
   * The function body: the same computation in simpler operations, a value per output of the node. For engines
   * without a kernel, and for the gradient where there is no rule. Ends in operations without a body.
   */
  decompose?(context: DecomposeContext): readonly ValueName[];
  /** Floating-point operations of one run. */
  flops(
    inputs: readonly (ConcreteType | undefined)[],
    outputs: readonly ConcreteType[],
    attributes: Attributes,
  ): number;
}
