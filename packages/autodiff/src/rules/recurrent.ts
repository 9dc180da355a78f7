import { elementCount, type Tensor } from '@descent/tensors';
import { type Dim, renderShape, type Shape, sameShape } from '../dim.ts';
import type { Attributes, ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { AttributeKind, DecomposeContext, InputRule, ShapeContext } from '../operation.ts';
import { integer, real, text } from './attributes.ts';
import { numbers, zeros } from './numbers.ts';
import { type Activation, activationsOf, checkActivations } from './recurrent-activations.ts';
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

/** The reference: one sample, one direction and one step after the other. Values of Y and the last states. */
export function runCell(
  cell: Cell,
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes,
): readonly Float64Array[] {
  const [x, w, r, b, lengths, initialH, initialC, p] = inputs;
  const { steps, features, hidden, directions, ...rest } = recurrentSizes(x!.shape, r!.shape, attributes);
  const batch = Number(rest.batch);
  const batchFirst = integer(attributes, 'layout', 0) === 1;
  const rows = cell.gates * hidden;
  const y = zeros([steps, directions, batch, hidden]);
  const last = Array.from({ length: cell.states }, () => zeros([directions, batch, hidden]));
  const part = (tensor: Tensor | undefined, direction: number, size: number) =>
    tensor === undefined
      ? new Float64Array(size)
      : numbers(tensor).subarray(direction * size, (direction + 1) * size);
  const stateAt = (direction: number, sample: number) =>
    (batchFirst ? sample * directions + direction : direction * batch + sample) * hidden;
  const limit = attributes.clip === undefined ? Number.POSITIVE_INFINITY : real(attributes, 'clip', 0);
  for (let direction = 0; direction < directions; direction += 1) {
    const backward = direction === 1 || text(attributes, 'direction', 'forward') === 'reverse';
    const weights: CellWeights = {
      hidden,
      w: part(w, direction, rows * features),
      r: part(r, direction, rows * hidden),
      b: part(b, direction, 2 * rows),
      p: part(p, direction, 3 * hidden),
      activations: activationsOf(attributes, cell.activations, directions)[direction]!,
      attributes,
      clip: (value) => Math.max(-limit, Math.min(limit, value)),
    };
    for (let sample = 0; sample < batch; sample += 1) {
      const length = lengths === undefined ? steps : numbers(lengths)[sample]!;
      const from = stateAt(direction, sample);
      let states: readonly Float64Array[] = [initialH, initialC]
        .slice(0, cell.states)
        .map((state) =>
          state === undefined ? new Float64Array(hidden) : numbers(state).slice(from, from + hidden),
        );
      for (let count = 0; count < length; count += 1) {
        const step = backward ? length - 1 - count : count;
        const place = (batchFirst ? sample * steps + step : step * batch + sample) * features;
        states = cell.step(weights, numbers(x!).subarray(place, place + features), states);
        const into = batchFirst
          ? ((sample * steps + step) * directions + direction) * hidden
          : ((step * directions + direction) * batch + sample) * hidden;
        y.set(states[0]!, into);
      }
      last.forEach((values, index) => {
        values.set(states[index]!, from);
      });
    }
  }
  return [y, ...last];
}

/** row · x + its bias, for the rows of one gate. */
export function gateOf(
  { hidden, w, r, b }: CellWeights,
  gate: number,
  x: Float64Array,
): {
  readonly input: (unit: number) => number;
  readonly recurrent: (unit: number, h: Float64Array) => number;
} {
  const rows = b.length / 2;
  const dot = (matrix: Float64Array, row: number, vector: Float64Array) =>
    vector.reduce((sum, value, index) => sum + value * matrix[row * vector.length + index]!, 0);
  return {
    input: (unit) => dot(w, gate * hidden + unit, x) + b[gate * hidden + unit]!,
    recurrent: (unit, h) => dot(r, gate * hidden + unit, h) + b[rows + gate * hidden + unit]!,
  };
}

/** The function body: the input's products at once, then one step after the other over the known length. */
export function unrollCell(context: DecomposeContext, cell: Cell): readonly ValueName[] {
  const { graph, node, type } = context;
  const { attributes } = node;
  const [x, , r] = node.inputs as [ValueName, ValueName, ValueName];
  const sizes = recurrentSizes(type(x).shape, type(r).shape, attributes);
  const batchFirst = integer(attributes, 'layout', 0) === 1;
  const stepsFirst = (value: ValueName) =>
    batchFirst ? graph.add('Transpose', [value], { perm: [1, 0, 2] }) : value;
  const sequence = stepsFirst(x);
  const initial = [5, 6].slice(0, cell.states).map((input) => {
    const value = node.inputs[input] ?? '';
    return value === '' ? undefined : perDirection(graph, stepsFirst(value), sizes.directions);
  });
  const runs = Array.from({ length: sizes.directions }, (_, direction) =>
    unrollDirection(context, cell, {
      direction,
      sizes,
      sequence,
      initial: initial.map((each) => each?.[direction]),
    }),
  );
  const joined = (values: readonly ValueName[], axis: number) =>
    values.length === 1 ? values[0]! : graph.add('Concat', values, { axis });
  const y = joined(
    runs.map(({ hidden }) => graph.add('Unsqueeze', [hidden, graph.integers([1])])),
    1,
  );
  const states = Array.from({ length: cell.states }, (_, index) =>
    joined(
      runs.map(({ last }) => last[index]!),
      0,
    ),
  );
  return [
    batchFirst ? graph.add('Transpose', [y], { perm: [2, 0, 1, 3] }) : y,
    ...states.map((state) => stepsFirst(state)),
  ];
}

interface Direction {
  readonly direction: number;
  readonly sizes: RecurrentSizes;
  /** [steps, batch, features] */
  readonly sequence: ValueName;
  readonly initial: readonly (ValueName | undefined)[];
}

/** Hidden states of all steps [steps, batch, hidden] and the last states [1, batch, hidden]. */
function unrollDirection(
  { graph, node }: DecomposeContext,
  cell: Cell,
  { direction, sizes, sequence, initial }: Direction,
): { readonly hidden: ValueName; readonly last: readonly ValueName[] } {
  const { attributes } = node;
  const { steps, hidden, directions } = sizes;
  const rows = cell.gates * hidden;
  const own = (input: number): ValueName | undefined => {
    const value = node.inputs[input] ?? '';
    if (value === '') return undefined;
    return graph.add('Squeeze', [perDirection(graph, value, directions)[direction]!, graph.integers([0])]);
  };
  const turned = (value: ValueName) => graph.add('Transpose', [value], { perm: [1, 0] });
  const [wb, rb] = halves(graph, own(3), rows);
  const limit = attributes.clip === undefined ? undefined : real(attributes, 'clip', 0);
  const p = own(7);
  const cellGraph: CellGraph = {
    graph,
    hidden,
    r: turned(own(2)!),
    rb: cell.bias === 'input' ? rb : undefined,
    peepholes: p === undefined ? [] : graph.addMany('Split', [p], { axis: 0 }, 3),
    activations: activationsOf(attributes, cell.activations, directions)[direction]!,
    attributes,
    clip: (value) =>
      limit === undefined ? value : graph.add('Clip', [value, graph.scalar(-limit), graph.scalar(limit)]),
  };
  const take = cell.build(cellGraph);
  const products = graph.add('MatMul', [sequence, turned(own(1)!)]);
  const bias =
    wb === undefined || rb === undefined || cell.bias === 'input' ? wb : graph.add('Add', [wb, rb]);
  const shifted = bias === undefined ? products : graph.add('Add', [products, bias]);
  const parts = steps === 1 ? [shifted] : graph.addMany('Split', [shifted], { axis: 0 }, steps);
  const within = masks(graph, node.inputs[4] ?? '');

  const backward = direction === 1 || text(attributes, 'direction', 'forward') === 'reverse';
  const order = Array.from({ length: steps }, (_, step) => (backward ? steps - 1 - step : step));
  const outputs = new Array<ValueName>(steps);
  let states = initial;
  for (const step of order) {
    const next = take(parts[step]!, states);
    const mask = within?.(step);
    const before = states;
    const kept = (value: ValueName, old: ValueName | undefined) =>
      mask === undefined ? value : graph.add('Where', [mask, value, old ?? graph.scalar(0)]);
    outputs[step] = kept(next[0]!, undefined);
    states = next.map((value, index) => kept(value, before[index]));
  }
  return {
    hidden: steps === 1 ? outputs[0]! : graph.add('Concat', outputs, { axis: 0 }),
    last: states.map((state) => state!),
  };
}

/** Cut along the first axis, one piece per direction, the axis kept as 1. */
function perDirection(graph: GraphBuilder, value: ValueName, directions: number): readonly ValueName[] {
  return directions === 1 ? [value] : graph.addMany('Split', [value], { axis: 0 }, directions);
}

function halves(
  graph: GraphBuilder,
  bias: ValueName | undefined,
  rows: number,
): readonly [ValueName | undefined, ValueName | undefined] {
  if (bias === undefined) return [undefined, undefined];
  const [wb, rb] = graph.addMany('Split', [bias, graph.integers([rows, rows])], { axis: 0 }, 2);
  return [wb, rb];
}

/** Per step, which samples still have one [batch, 1]; undefined where all sequences are whole. */
function masks(graph: GraphBuilder, lengths: ValueName): ((step: number) => ValueName) | undefined {
  if (lengths === '') return undefined;
  const column = graph.add('Unsqueeze', [
    graph.add('Cast', [lengths], { to: 'float32' }),
    graph.integers([1]),
  ]);
  return (step) => graph.add('Greater', [column, graph.scalar(step)]);
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
