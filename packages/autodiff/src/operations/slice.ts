import type { Tensor } from '@descent/tensors';
import { type Dim, renderShape, type Shape, sameDim } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { GradientContext, Operation, ShapeContext } from '../operation.ts';
import { axesOf } from '../rules/attributes.ts';
import { expandLike } from '../rules/broadcast.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { offsets, stridesOf } from '../rules/indexing.ts';
import { integersOf, numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch, wrongInputs } from '../rules/refuse.ts';

/** Which elements of one axis a slice takes: `count` of them from `start`, `step` apart (backwards where negative). */
interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Beyond every size: how exporters say "to the end". */
const farAway = 2 ** 31 - 1;

/** ONNX Slice, forwards and backwards. An axis of the batch can only be taken whole, or reversed. */
export const slice: Operation = {
  inputs: [
    { name: 'data', dtypes: 'any' },
    { name: 'starts', dtypes: 'index' },
    { name: 'ends', dtypes: 'index' },
    { name: 'axes', dtypes: 'index', presence: 'optional' },
    { name: 'steps', dtypes: 'index', presence: 'optional' },
  ],
  attributes: {},
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    const bounds = boundsOrRefuse(context);
    const result = [...shape];
    for (const [position, axis] of bounds.axes.entries()) {
      const size = shape[axis]!;
      const cut = cutOf(bounds, position, size);
      if (cut === undefined) {
        throw mismatch(context, `axis ${axis} of ${renderShape(shape)} is the batch and cannot be cut`);
      }
      if (cut !== 'whole' && cut !== 'reversed') result[axis] = cut.count;
    }
    return [{ dtype, shape: result }];
  },
  evaluate: ([data, ...given], _, [type]) => {
    const strides = stridesOf(data!.shape);
    const bounds = boundsOf(given.map(listOf), data!.shape.length);
    const cuts = bounds.axes.map((_, position) =>
      cutOf(bounds, position, data!.shape[bounds.axes[position]!]!),
    );
    const taken = cuts.filter((cut) => typeof cut === 'object');
    const base = taken.reduce((sum, { axis, start }) => sum + start * strides[axis]!, 0);
    const steps = strides.map((stride, axis) => stride * (taken.find((cut) => cut.axis === axis)?.step ?? 1));
    const [values, from] = [numbers(data!), offsets(type!.shape, steps, base)];
    return [
      tensorOf(
        type!,
        Float64Array.from(from, (offset) => values[offset]!),
      ),
    ];
  },
  gradient: (context) => [
    placed(context, outputGradient(context)),
    ...new Array<undefined>(4).fill(undefined),
  ],
  flops: () => 0,
};

interface Bounds {
  readonly starts: Shape;
  readonly ends: Shape;
  readonly axes: readonly number[];
  readonly steps: readonly number[];
}

function boundsOrRefuse(context: ShapeContext): Bounds {
  const { node, inputs } = context;
  const given = [1, 2, 3, 4].map((input) => context.shapeValue(input));
  if (inputs.slice(1).some((input, index) => input !== undefined && given[index] === undefined)) {
    throw wrongInputs(node, 'takes bounds that follow from shapes and constants');
  }
  const rank = inputs[0]!.shape.length;
  if ([given[2], given[3]].some((list) => list?.some((entry) => typeof entry !== 'number'))) {
    throw wrongInputs(node, 'takes axes and steps that are numbers');
  }
  const bounds = boundsOf(given, rank);
  const lengths = [bounds.ends, bounds.axes, bounds.steps].map((list) => list.length);
  if (lengths.some((length) => length !== bounds.starts.length)) {
    throw wrongInputs(node, 'has starts, ends, axes and steps of different lengths');
  }
  axesOf(node, bounds.axes, rank);
  if (bounds.steps.includes(0)) throw wrongInputs(node, 'takes no step of 0');
  return bounds;
}

function listOf(tensor: Tensor | undefined): readonly number[] | undefined {
  return tensor && integersOf(tensor);
}

function boundsOf([starts, ends, axes, steps]: readonly (Shape | undefined)[], rank: number): Bounds {
  const from = starts ?? [];
  const axisList = (axes as readonly number[] | undefined) ?? from.map((_, axis) => axis);
  return {
    starts: from,
    ends: ends ?? [],
    axes: axisList.map((axis) => (axis < 0 ? axis + rank : axis)),
    steps: (steps as readonly number[] | undefined) ?? from.map(() => 1),
  };
}

/** What is taken of an axis of that size; undefined where that depends on the batch size. */
function cutOf(bounds: Bounds, position: number, size: Dim): Cut | 'whole' | 'reversed' | undefined {
  const [start, end] = [bounds.starts[position]!, bounds.ends[position]!];
  const [axis, step] = [bounds.axes[position]!, bounds.steps[position]!];
  if (typeof size !== 'number') {
    const isEnd = (bound: Dim) => sameDim(bound, size) || (typeof bound === 'number' && bound >= farAway);
    if (step === 1 && start === 0 && isEnd(end)) return 'whole';
    const isLast = start === -1 || isEnd(start);
    return step === -1 && isLast && typeof end === 'number' && end <= -farAway ? 'reversed' : undefined;
  }
  if (typeof start !== 'number' || typeof end !== 'number') return undefined;
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (at: number, least: number) => Math.min(Math.max(at < 0 ? at + size : at, least), high);
  const [first, last] = [clamp(start, 0), clamp(end, low)];
  return { axis, start: first, step, count: Math.max(0, Math.ceil((last - first) / step)) };
}

/** The adjoint: zeros around what was taken, and between where the step is above 1; turned round where it is negative. */
function placed(context: GradientContext, dy: ValueName): ValueName {
  const { graph, node, type } = context;
  const { shape } = type(inputOf(context, 0));
  const bounds = boundsOf(
    [1, 2, 3, 4].map((input) => (node.inputs[input] ? graph.shapeValue(node.inputs[input]) : undefined)),
    shape.length,
  );
  const cuts = bounds.axes.map((axis, position) => cutOf(bounds, position, shape[axis]!)!);
  const taken = cuts.filter((cut) => typeof cut === 'object');
  if (taken.some(({ count }) => count === 0)) return expandLike(graph, graph.scalar(0), inputOf(context, 0));

  const backwards = bounds.axes.filter((_, position) => bounds.steps[position]! < 0);
  const forwards = taken.map((cut) =>
    cut.step > 0 ? cut : { ...cut, step: -cut.step, start: cut.start + (cut.count - 1) * cut.step },
  );
  const spread = forwards.reduce(
    (value, cut) => spreadOut(context, value, cut),
    reversed(context, dy, backwards),
  );
  const pads = new Array<number>(2 * shape.length).fill(0);
  for (const { axis, start, step, count } of forwards) {
    pads[axis] = start;
    pads[axis + shape.length] = Number(shape[axis]) - start - ((count - 1) * step + 1);
  }
  return pads.every((pad) => pad === 0) ? spread : graph.add('Pad', [spread, graph.integers(pads)]);
}

function reversed({ graph }: GradientContext, value: ValueName, axes: readonly number[]): ValueName {
  if (axes.length === 0) return value;
  const lists = [axes.map(() => -1), axes.map(() => -farAway), axes, axes.map(() => -1)];
  return graph.add('Slice', [value, ...lists.map((list) => graph.integers(list))]);
}

/** step − 1 zeros after each element along the axis but the last. */
function spreadOut(
  { graph, type }: GradientContext,
  value: ValueName,
  { axis, step, count }: Cut,
): ValueName {
  if (step === 1 || count === 1) return value;
  const { shape } = type(value);
  const pads = new Array<number>(2 * shape.length + 2).fill(0);
  pads[pads.length / 2 + axis + 1] = step - 1;
  const column = graph.add('Unsqueeze', [value, graph.integers([axis + 1])]);
  const padded = graph.add('Pad', [column, graph.integers(pads)]);
  const target = shape.map((dim, at) => (at === axis ? count * step : typeof dim === 'number' ? dim : -1));
  const joined = graph.add('Reshape', [padded, graph.integers(target)]);
  const ends = [[0], [(count - 1) * step + 1], [axis]].map((list) => graph.integers(list));
  return graph.add('Slice', [joined, ...ends]);
}
