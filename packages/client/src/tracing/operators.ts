import { mismatch } from './refuse.ts';
import {
  addDims,
  axisOf,
  broadcast,
  type Dim,
  productDim,
  renderShape,
  reshaped,
  type Shape,
} from './shape.ts';
import type { Traced, TracedDtype } from './traced.ts';
import { convolved, pooled, type WindowOptions } from './windows.ts';

/** A number stands for a constant that broadcasts. */
export type Operand = Traced | number;

type Unary = (x: Traced) => Traced;
type Binary = (x: Traced, other: Operand) => Traced;
type Reduction = (x: Traced, axes?: readonly number[], options?: ReductionOptions) => Traced;

export interface ReductionOptions {
  /** Keeps reduced axes, with size 1. Default false. */
  readonly keepDims?: boolean;
}

export interface BatchMoments {
  /** [channels], as all of them. */
  readonly scale: Traced;
  readonly bias: Traced;
  /** States: `t.state('mean', [channels], { initializer: 'zeros' })`. */
  readonly mean: Traced;
  readonly variance: Traced;
}

/** Every method of a traced value. Axes count as in ONNX: 0 is the batch, −1 the last. One entry, one operation. */
export const methods = {
  abs: elementWise('Abs'),
  neg: elementWise('Neg'),
  sign: elementWise('Sign'),
  exp: elementWise('Exp'),
  log: elementWise('Log'),
  sqrt: elementWise('Sqrt'),
  relu: elementWise('Relu'),
  sigmoid: elementWise('Sigmoid'),
  tanh: elementWise('Tanh'),
  softplus: elementWise('Softplus'),
  softsign: elementWise('Softsign'),
  hardSwish: elementWise('HardSwish'),
  mish: elementWise('Mish'),
  selu: elementWise('Selu'),
  /** x · Φ(x), or its approximation by tanh. */
  gelu: (x: Traced, approximate: 'none' | 'tanh' = 'none'): Traced =>
    x.recording.node('Gelu', [x], { approximate }, x.shape, x.dtype),
  leakyRelu: withNumbers('LeakyRelu', ['alpha']),
  elu: withNumbers('Elu', ['alpha']),
  /** alpha · x + beta, between 0 and 1; 0.2 and 0.5 unless given. */
  hardSigmoid: withNumbers('HardSigmoid', ['alpha', 'beta']),
  erf: elementWise('Erf'),
  sin: elementWise('Sin'),
  cos: elementWise('Cos'),
  floor: elementWise('Floor'),
  ceil: elementWise('Ceil'),
  round: elementWise('Round'),
  reciprocal: elementWise('Reciprocal'),
  identity: elementWise('Identity'),
  not: elementWise('Not'),

  add: broadcasting('Add'),
  sub: broadcasting('Sub'),
  mul: broadcasting('Mul'),
  div: broadcasting('Div'),
  pow: broadcasting('Pow'),
  /** The larger of each pair. */
  maximum: broadcasting('Max'),
  /** The smaller of each pair. */
  minimum: broadcasting('Min'),
  equal: broadcasting('Equal', 'bool'),
  greater: broadcasting('Greater', 'bool'),
  less: broadcasting('Less', 'bool'),
  greaterOrEqual: broadcasting('GreaterOrEqual', 'bool'),
  lessOrEqual: broadcasting('LessOrEqual', 'bool'),
  and: broadcasting('And', 'bool'),
  or: broadcasting('Or', 'bool'),

  /** Sum over the axes (all of them when left out, the batch included). */
  sum: reduction('ReduceSum', 'input'),
  mean: reduction('ReduceMean', 'attribute'),
  /** Largest element over the axes. */
  max: reduction('ReduceMax', 'attribute'),
  min: reduction('ReduceMin', 'attribute'),
  prod: reduction('ReduceProd', 'attribute'),
  /** Sum of absolute values. */
  norm1: reduction('ReduceL1', 'attribute'),
  /** Square root of the sum of squares. */
  norm2: reduction('ReduceL2', 'attribute'),
  logSumExp: reduction('ReduceLogSumExp', 'attribute'),
  /** Running sum along an axis. */
  cumSum: (x: Traced, axis: number): Traced =>
    x.recording.node('CumSum', [x, x.recording.scalar(axis, 'int64')], {}, x.shape, x.dtype),

  /** Mean 0 and variance 1 over the axes from `axis` on, then scale and bias. */
  layerNormalization: (
    x: Traced,
    scale: Traced,
    bias?: Traced,
    { axis = -1, epsilon = 1e-5 } = {},
  ): Traced => {
    const inputs = bias === undefined ? [x, scale] : [x, scale, bias];
    return x.recording.node('LayerNormalization', inputs, { axis, epsilon }, x.shape, x.dtype);
  },
  /** By the moments of the micro-batch in training, which the states average, else by the states; channels on axis 1. */
  batchNormalization: (
    x: Traced,
    { scale, bias, mean, variance }: BatchMoments,
    { epsilon = 1e-5 } = {},
  ): Traced =>
    x.recording.node('BatchNormalization', [x, scale, bias, mean, variance], { epsilon }, x.shape, x.dtype),

  softmax: (x: Traced, axis = -1): Traced => along('Softmax', x, axis),
  logSoftmax: (x: Traced, axis = -1): Traced => along('LogSoftmax', x, axis),

  /** Position of the largest element along the axis, int64; the axis goes unless kept. */
  argMax: (x: Traced, axis = -1, { keepDims = false }: ReductionOptions = {}): Traced =>
    x.recording.node(
      'ArgMax',
      [x],
      { axis, keepdims: keepDims ? 1 : 0 },
      x.shape && reducedShape('ArgMax', x, x.shape, [axis], keepDims),
      'int64',
    ),

  clip: (x: Traced, least: number | undefined, most?: number): Traced => {
    const bound = (value: number | undefined) => (value === undefined ? undefined : operand(x, value));
    const given = most === undefined ? [x, bound(least)] : [x, bound(least), bound(most)];
    return x.recording.node('Clip', given, {}, x.shape, x.dtype);
  },

  /** Matrix product over the last two axes; the axes before broadcast. */
  matmul: (x: Traced, other: Traced): Traced =>
    x.recording.node('MatMul', [x, other], {}, productShape(x, other), x.dtype),

  /** One axis may be −1 (what is left), the batch is written `'batch'`. */
  reshape: (x: Traced, shape: readonly (Dim | -1)[]): Traced => {
    const result = x.shape && reshaped(x.shape, shape);
    if (x.shape !== undefined && result === undefined) {
      const to = `[${shape.join(', ')}]`;
      throw mismatch('Reshape', [x], `cannot reshape ${renderShape(x.shape)} to ${to}`);
    }
    return x.recording.node('Reshape', [x, shapeOperand('Reshape', x, shape)], {}, result, x.dtype);
  },

  /** To a matrix: axes before `axis` become rows, the others columns. */
  flatten: (x: Traced, axis = 1): Traced => {
    const [rows, columns] = [x.shape?.slice(0, axis), x.shape?.slice(axis)].map(
      (part) => part && productDim(part),
    );
    const shape = rows === undefined || columns === undefined ? undefined : [rows, columns];
    return x.recording.node('Flatten', [x], { axis }, shape, x.dtype);
  },

  /** Axes in another order; left out, reversed. */
  transpose: (x: Traced, order?: readonly number[]): Traced => {
    const { shape } = x;
    const axes = order ?? shape?.map((_, axis) => shape.length - 1 - axis);
    if (shape !== undefined && axes?.toSorted((a, b) => a - b).join() !== [...shape.keys()].join()) {
      throw mismatch('Transpose', [x], `[${axes}] is no order of the axes of ${renderShape(shape)}`);
    }
    const result = shape && axes?.map((axis) => shape[axis]!);
    return x.recording.node('Transpose', [x], { perm: order }, result, x.dtype);
  },

  squeeze: (x: Traced, axes: readonly number[]): Traced => {
    const { shape } = x;
    const counted = shape && countedAxes('Squeeze', x, shape, axes);
    const kept = counted?.find((axis) => shape?.[axis] !== 1);
    if (kept !== undefined) {
      throw mismatch('Squeeze', [x], `axis ${kept} of ${renderShape(shape)} is not 1`);
    }
    const result = shape?.filter((_, axis) => !counted?.includes(axis));
    return x.recording.node('Squeeze', [x, x.recording.integers(axes)], {}, result, x.dtype);
  },

  /** Adds axes of size 1; the numbers are those of the result. */
  unsqueeze: (x: Traced, axes: readonly number[]): Traced => {
    const { shape } = x;
    const rank = (shape?.length ?? 0) + axes.length;
    const counted = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
    const result = shape && counted.reduce<Shape>((dims, axis) => dims.toSpliced(axis, 0, 1), shape);
    return x.recording.node('Unsqueeze', [x, x.recording.integers(axes)], {}, result, x.dtype);
  },

  /** Elements from `start` up to, not including, `end` along one axis; negative ones count from its end. */
  slice: (x: Traced, axis: number, start: number, end: number, step = 1): Traced => {
    const { recording, shape } = x;
    const inputs = [[start], [end], [axis], ...(step === 1 ? [] : [[step]])];
    const result = shape && slicedShape(x, shape, axis, [start, end, step]);
    return recording.node(
      'Slice',
      [x, ...inputs.map((list) => recording.integers(list))],
      {},
      result,
      x.dtype,
    );
  },

  /** One element of an axis, which goes: `x.at(1, t)` is step t of a sequence. */
  at: (x: Traced, axis: number, index: number): Traced => {
    const { recording, shape } = x;
    const counted = shape && countedAxis('Gather', x, shape, axis);
    const size = counted === undefined ? undefined : shape?.[counted];
    if (typeof size === 'number' && axisOf(index, size) === undefined) {
      throw mismatch('Gather', [x], `index ${index} is outside of axis ${axis} of ${renderShape(shape)}`);
    }
    const result = counted === undefined ? undefined : shape?.toSpliced(counted, 1);
    return recording.node('Gather', [x, recording.scalar(index, 'int64')], { axis }, result, x.dtype);
  },

  /** Rows of `x` (along `axis`) by number, as an embedding looks them up. */
  gather: (x: Traced, indices: Traced, axis = 0): Traced => {
    const counted = x.shape && countedAxis('Gather', x, x.shape, axis);
    const known = counted !== undefined && indices.shape !== undefined;
    const result = known ? x.shape?.toSpliced(counted, 1, ...indices.shape) : undefined;
    return x.recording.node('Gather', [x, indices], { axis }, result, x.dtype);
  },

  /** For each place of `indices`, the element of `x` at that place but for its index along `axis`. */
  gatherElements: (x: Traced, indices: Traced, axis = 0): Traced =>
    x.recording.node('GatherElements', [x, indices], { axis }, indices.shape, x.dtype),

  /** 1 at the class of each index, 0 elsewhere, along a new last axis. */
  oneHot: (x: Traced, classes: number): Traced => {
    const { recording, shape } = x;
    const values = recording.constant({ shape: [2], values: [0, 1], dtype: 'float32' });
    const inputs = [x, recording.scalar(classes, 'int64'), values];
    return recording.node('OneHot', inputs, { axis: -1 }, shape && [...shape, classes], 'float32');
  },

  /** Keeps the upper triangle of matrices (with the diagonal `k`), or the lower one. */
  trilu: (x: Traced, { upper = true, k = 0 } = {}): Traced =>
    x.recording.node(
      'Trilu',
      [x, x.recording.scalar(k, 'int64')],
      { upper: upper ? 1 : 0 },
      x.shape,
      x.dtype,
    ),

  /** Repeats axes of size 1 until the shape is this one. */
  expand: (x: Traced, shape: readonly number[]): Traced => {
    const result = x.shape && broadcast(x.shape, shape);
    if (x.shape !== undefined && result === undefined) {
      throw mismatch('Expand', [x], `${renderShape(x.shape)} does not broadcast to ${renderShape(shape)}`);
    }
    return x.recording.node('Expand', [x, x.recording.integers(shape)], {}, result, x.dtype);
  },

  /** `value` before and after each axis: all counts before, then all counts after. */
  pad: (x: Traced, pads: readonly number[], value = 0): Traced => {
    const { recording, shape } = x;
    const result = shape?.map((dim, axis) => {
      const added = pads[axis]! + pads[axis + shape.length]!;
      return added === 0 ? dim : typeof dim === 'number' ? dim + added : undefined;
    });
    const known = result?.every((dim) => dim !== undefined) ? (result as Shape) : undefined;
    const inputs = [x, recording.integers(pads), ...(value === 0 ? [] : [operand(x, value)])];
    return recording.node('Pad', inputs, {}, known, x.dtype);
  },

  /** This condition picks from `yes` where it holds, else from `no`. */
  where: (condition: Traced, yes: Operand, no: Operand): Traced => {
    const like = [yes, no].find((value): value is Traced => typeof value !== 'number') ?? condition;
    const [a, b] = [operand(like, yes), operand(like, no)];
    const chosen = broadcastAll('Where', [condition, a, b]);
    return condition.recording.node('Where', [condition, a, b], {}, chosen, a.dtype);
  },

  cast: (x: Traced, to: TracedDtype): Traced => x.recording.node('Cast', [x], { to }, x.shape, to),

  /** Cross-correlation: x [batch, channels, ...sizes], kernel [filters, channels ÷ group, ...window], bias [filters]. */
  conv: (
    x: Traced,
    kernel: Traced,
    bias?: Traced,
    { group, ...options }: WindowOptions & { readonly group?: number } = {},
  ): Traced => {
    const inputs = bias === undefined ? [x, kernel] : [x, kernel, bias];
    const { attributes, shape } = convolved(x, kernel, options, group ?? 1);
    return x.recording.node('Conv', inputs, { ...attributes, group }, shape, x.dtype);
  },

  maxPool: (x: Traced, window: readonly number[], options: WindowOptions = {}): Traced => {
    const { attributes, shape } = pooled('MaxPool', x, window, options);
    return x.recording.node('MaxPool', [x], attributes, shape, x.dtype);
  },

  /** Mean of each window; padding does not count. */
  averagePool: (x: Traced, window: readonly number[], options: WindowOptions = {}): Traced => {
    const { attributes, shape } = pooled('AveragePool', x, window, options);
    return x.recording.node('AveragePool', [x], attributes, shape, x.dtype);
  },

  globalAveragePool: (x: Traced): Traced => {
    const shape = x.shape?.map((dim, axis) => (axis < 2 ? dim : 1));
    return x.recording.node('GlobalAveragePool', [x], {}, shape, x.dtype);
  },
} as const;

/** The methods as they are called: without the value they belong to. */
export type Methods = {
  readonly [Name in keyof typeof methods]: (typeof methods)[Name] extends (
    x: never,
    ...args: infer Args
  ) => Traced
    ? (...args: Args) => Traced
    : never;
};

export function concat(values: readonly [Traced, ...Traced[]], axis: number): Traced {
  const [first] = values;
  const shapes = values.map(({ shape }) => shape);
  const known = shapes.every((shape) => shape !== undefined) ? shapes : undefined;
  return first.recording.node('Concat', values, { axis }, known && joined(values, known, axis), first.dtype);
}

function joined(values: readonly Traced[], shapes: readonly Shape[], axis: number): Shape | undefined {
  const [first, ...others] = shapes as readonly [Shape, ...Shape[]];
  const along = axisOf(axis, first.length);
  const rest = (shape: Shape) => shape.toSpliced(along ?? 0, 1).join();
  if (
    along === undefined ||
    others.some((shape) => shape.length !== first.length || rest(shape) !== rest(first))
  ) {
    const words = shapes.map(renderShape).join(', ');
    throw mismatch('Concat', values, `cannot join ${words} along axis ${axis}`);
  }
  const size = others.reduce<Dim | undefined>(
    (sum, shape) => sum && addDims(sum, shape[along]!),
    first[along],
  );
  return size === undefined ? undefined : first.with(along, size);
}

function withNumbers<const Names extends readonly string[]>(op: string, names: Names) {
  return (x: Traced, ...numbers: { readonly [Place in keyof Names]?: number }): Traced => {
    const given = names.flatMap((name, place) =>
      numbers[place] === undefined ? [] : [[name, numbers[place]]],
    );
    return x.recording.node(op, [x], Object.fromEntries(given), x.shape, x.dtype);
  };
}

function elementWise(op: string): Unary {
  return (x) => x.recording.node(op, [x], {}, x.shape, x.dtype);
}

function broadcasting(op: string, dtype?: TracedDtype): Binary {
  return (x, other) => {
    const inputs = [x, operand(x, other)];
    return x.recording.node(op, inputs, {}, broadcastAll(op, inputs), dtype ?? x.dtype);
  };
}

/** ONNX opset 17 has the axes of ReduceSum as an input and those of the others as an attribute. */
function reduction(op: string, axesAs: 'input' | 'attribute'): Reduction {
  return (x, axes, { keepDims = false } = {}) => {
    const { recording, shape } = x;
    const given = axesAs === 'input' && axes !== undefined ? [x, recording.integers(axes)] : [x];
    const attributes = { axes: axesAs === 'attribute' ? axes : undefined, keepdims: keepDims ? 1 : 0 };
    const result = shape && reducedShape(op, x, shape, axes ?? [...shape.keys()], keepDims);
    return recording.node(op, given, attributes, result, x.dtype);
  };
}

function along(op: string, x: Traced, axis: number): Traced {
  if (x.shape !== undefined) countedAxis(op, x, x.shape, axis);
  return x.recording.node(op, [x], { axis }, x.shape, x.dtype);
}

/** A number as a constant of the dtype that goes with `x`. */
function operand(x: Traced, value: Operand): Traced {
  if (typeof value !== 'number') return value;
  return x.recording.scalar(value, x.dtype === 'int64' ? 'int64' : 'float32');
}

function broadcastAll(op: string, inputs: readonly Traced[]): Shape | undefined {
  const shapes = inputs.map(({ shape }) => shape);
  if (!shapes.every((shape) => shape !== undefined)) return undefined;
  const whole = shapes.reduce<Shape | undefined>((sum, shape) => sum && broadcast(sum, shape), []);
  if (whole !== undefined) return whole;
  throw mismatch(op, inputs, `${shapes.map(renderShape).join(' and ')} do not broadcast`);
}

function productShape(a: Traced, b: Traced): Shape | undefined {
  if (a.shape === undefined || b.shape === undefined) return undefined;
  const refuse = (problem: string) =>
    mismatch(
      'MatMul',
      [a, b],
      `cannot multiply ${renderShape(a.shape)} by ${renderShape(b.shape)}: ${problem}`,
    );
  if (a.shape.length === 0 || b.shape.length === 0) throw refuse('a number is no matrix; use mul');
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  const [inner, rows] = [left.at(-1), right.at(-2)];
  if (inner !== rows) throw refuse(`the inner sizes ${inner} and ${rows} differ`);
  const before = broadcast(left.slice(0, -2), right.slice(0, -2));
  if (before === undefined) throw refuse('the axes before the last two do not broadcast');
  return [
    ...before,
    ...(a.shape.length === 1 ? [] : [left.at(-2)!]),
    ...(b.shape.length === 1 ? [] : [right.at(-1)!]),
  ];
}

/** ONNX's words for a shape with the batch in it: 0 keeps an axis of the input, −1 is what is left. */
function shapeOperand(op: string, x: Traced, shape: readonly (Dim | -1)[]): Traced {
  let open = !shape.includes(-1);
  const values = shape.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    if (x.shape?.[axis] === dim) return 0;
    if (!open)
      throw mismatch(op, [x], `[${shape.join(', ')}] has more than one axis that depends on the batch`);
    open = false;
    return -1;
  });
  return x.recording.integers(values);
}

function reducedShape(
  op: string,
  x: Traced,
  shape: Shape,
  axes: readonly number[],
  keepDims: boolean,
): Shape {
  const counted = countedAxes(op, x, shape, axes);
  return keepDims
    ? shape.map((dim, axis) => (counted.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !counted.includes(axis));
}

function slicedShape(
  x: Traced,
  shape: Shape,
  axis: number,
  [start, end, step]: readonly [number, number, number],
): Shape | undefined {
  const counted = countedAxis('Slice', x, shape, axis);
  const size = shape[counted];
  if (typeof size !== 'number' || step < 1) return undefined;
  const place = (index: number) => Math.min(Math.max(index < 0 ? index + size : index, 0), size);
  return shape.with(counted, Math.max(0, Math.ceil((place(end) - place(start)) / step)));
}

function countedAxes(op: string, x: Traced, shape: Shape, axes: readonly number[]): readonly number[] {
  return axes.map((axis) => countedAxis(op, x, shape, axis));
}

function countedAxis(op: string, x: Traced, shape: Shape, axis: number): number {
  const counted = axisOf(axis, shape.length);
  if (counted === undefined) throw mismatch(op, [x], `${renderShape(shape)} has no axis ${axis}`);
  return counted;
}
