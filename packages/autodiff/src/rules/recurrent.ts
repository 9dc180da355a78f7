import { elementCount } from '@descent/tensors';
import { type Dim, renderShape, type Shape, sameShape } from '../dim.ts';
import type { Attributes, ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { AttributeKind, InputRule, ShapeContext } from '../operation.ts';
import { integer, real, text } from './attributes.ts';
import { type Activation, checkActivations } from './recurrent-activations.ts';
import { mismatch, wrongAttribute } from './refuse.ts';

/** A recurrent operator: what RNN, GRU and LSTM differ in. */
export interface Cell {
  /** Blocks of hidden_size rows in W and R. */
  readonly gates: number;
  /** ONNX's default activations of one direction. */
  readonly activations: readonly string[];
  /** 1: the hidden state. 2: the cell state too, as the input initial_c and the output Y_c. */
  readonly states: 1 | 2;
  /** One step for one sample: reads x [input] and the states, returns the new ones. */
  step(weights: CellWeights, x: Float64Array, states: readonly Float64Array[]): readonly Float64Array[];
  /**
   * Prepares the weights of one direction and returns one step in the graph for the whole batch: `x` is W x + Wb of that
   * step [1, batch, gates · hidden]; states are [1, batch, hidden], undefined where they are still zeros.
   */
  build(direction: CellGraph): GraphStep;
  /** Adds to the input's part what does not depend on the state. */
  readonly bias: 'both' | 'input';
}

export type GraphStep = (x: ValueName, states: readonly (ValueName | undefined)[]) => readonly ValueName[];

/** Of one direction. Rows of W and R are gates · hidden; B holds Wb and Rb; P the peepholes. */
export interface CellWeights {
  readonly hidden: number;
  readonly w: Float64Array;
  readonly r: Float64Array;
  readonly b: Float64Array;
  readonly p: Float64Array;
  readonly activations: readonly Activation[];
  readonly attributes: Attributes;
  clip(x: number): number;
}

export interface CellGraph {
  readonly graph: GraphBuilder;
  readonly hidden: number;
  /** Rᵀ [hidden, gates · hidden] */
  readonly r: ValueName;
  /** Rb [gates · hidden]; undefined without B. */
  readonly rb: ValueName | undefined;
  /** Peepholes [hidden] each; empty without P. */
  readonly peepholes: readonly ValueName[];
  readonly activations: readonly Activation[];
  readonly attributes: Attributes;
  clip(x: ValueName): ValueName;
}

export const recurrentInputs: readonly InputRule[] = [
  { name: 'X', dtypes: 'float' },
  { name: 'W', dtypes: 'float' },
  { name: 'R', dtypes: 'float' },
  { name: 'B', dtypes: 'float', presence: 'optional' },
  { name: 'sequence_lens', dtypes: 'index', presence: 'optional' },
  { name: 'initial_h', dtypes: 'float', presence: 'optional' },
];

export const recurrentAttributes = {
  activation_alpha: 'reals',
  activation_beta: 'reals',
  activations: 'texts',
  clip: 'real',
  direction: 'text',
  hidden_size: 'integer',
  layout: 'integer',
} as const satisfies Record<string, AttributeKind>;

/** Each step becomes nodes of its own. */
const mostSteps = 1024;

export interface RecurrentSizes {
  readonly steps: number;
  readonly batch: Dim;
  readonly features: number;
  readonly hidden: number;
  readonly directions: number;
}

export function recurrentSizes(x: Shape, r: Shape, attributes: Attributes): RecurrentSizes {
  const batchFirst = integer(attributes, 'layout', 0) === 1;
  return {
    steps: Number(x[batchFirst ? 1 : 0]),
    batch: x[batchFirst ? 0 : 1]!,
    features: Number(x[2]),
    hidden: Number(r[2]),
    directions: text(attributes, 'direction', 'forward') === 'bidirectional' ? 2 : 1,
  };
}

/** The shapes of Y, Y_h (and Y_c), or an error that names what does not fit. */
export function recurrentShapes(context: ShapeContext, cell: Cell): readonly Shape[] {
  const { node, inputs } = context;
  const { attributes } = node;
  const [x, w, r] = inputs.slice(0, 3).map((input) => input!.shape) as [Shape, Shape, Shape];
  const direction = text(attributes, 'direction', 'forward');
  if (!['forward', 'reverse', 'bidirectional'].includes(direction)) {
    throw wrongAttribute(node, 'direction', 'must be forward, reverse or bidirectional');
  }
  if (![0, 1].includes(integer(attributes, 'layout', 0)))
    throw wrongAttribute(node, 'layout', 'must be 0 or 1');
  if (real(attributes, 'clip', 1) <= 0) throw wrongAttribute(node, 'clip', 'must be above 0');
  const batchFirst = integer(attributes, 'layout', 0) === 1;
  if (x.length !== 3 || w.length !== 3 || r.length !== 3) {
    throw mismatch(
      context,
      `X, W and R have 3 axes each; they are ${renderShape(x)}, ${renderShape(w)} and ${renderShape(r)}`,
    );
  }
  if (typeof x[batchFirst ? 1 : 0] !== 'number' || typeof x[2] !== 'number' || typeof r[2] !== 'number') {
    throw mismatch(context, `the steps and features of X ${renderShape(x)} must not hold the batch`);
  }
  const { steps, batch, features, hidden, directions } = recurrentSizes(x, r, attributes);
  if (steps < 1 || steps > mostSteps) {
    throw mismatch(context, `X ${renderShape(x)} has ${steps} steps, not 1 to ${mostSteps}`);
  }
  if (integer(attributes, 'hidden_size', hidden) !== hidden) {
    throw wrongAttribute(node, 'hidden_size', `is ${attributes.hidden_size}, but R is ${renderShape(r)}`);
  }
  checkActivations(node, cell.activations.length * directions);
  const rows = cell.gates * hidden;
  const state: Shape = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  const expected: readonly (readonly [string, Shape])[] = [
    ['X', x],
    ['W', [directions, rows, features]],
    ['R', [directions, rows, hidden]],
    ['B', [directions, 2 * rows]],
    ['sequence_lens', [batch]],
    ['initial_h', state],
    ['initial_c', state],
    ['P', [directions, 3 * hidden]],
  ];
  inputs.forEach((input, index) => {
    const [name, shape] = expected[index]!;
    if (input === undefined || sameShape(input.shape, shape)) return;
    throw mismatch(context, `${name} is ${renderShape(input.shape)}, but ${renderShape(shape)} belongs here`);
  });
  const y: Shape = batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden];
  return [y, ...new Array<Shape>(cell.states).fill(state)];
}

/** Multiply-adds of both products in every step, counted as two. */
export function recurrentFlops(
  cell: Cell,
  x: readonly number[],
  r: readonly number[],
  attributes: Attributes,
): number {
  const { steps, batch, features, hidden, directions } = recurrentSizes(x, r, attributes);
  const perStep = directions * cell.gates * hidden * (2 * (features + hidden) + 2);
  return elementCount([steps, Number(batch)]) * perStep;
}
