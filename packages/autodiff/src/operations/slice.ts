import type { Tensor } from '@descent/tensors';
import { renderShape } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { GradientContext, Operation, ShapeContext } from '../operation.ts';
import { axesOf } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { offsets, stridesOf } from '../rules/indexing.ts';
import { integersOf, numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch, wrongInputs } from '../rules/refuse.ts';

/** Which elements of one axis a slice takes: `count` of them from `start`, `step` apart. */
interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** ONNX Slice with constant bounds and positive steps. An axis of the batch can only be taken whole. */
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
      if (typeof size !== 'number') {
        throw mismatch(context, `axis ${axis} of ${renderShape(shape)} is the batch and cannot be cut`);
      }
      const { count } = cutOf(bounds, position, size);
      if (count < 1) throw mismatch(context, `takes nothing from axis ${axis} of ${renderShape(shape)}`);
      result[axis] = count;
    }
    return [{ dtype, shape: result }];
  },
  evaluate: ([data, ...given], _, [type]) => {
    const strides = stridesOf(data!.shape);
    const bounds = boundsOf(given, data!.shape.length);
    const cuts = bounds.axes.map((axis, position) => cutOf(bounds, position, data!.shape[axis]!));
    const base = cuts.reduce((sum, { axis, start }) => sum + start * strides[axis]!, 0);
    const steps = strides.map((stride, axis) => stride * (cuts.find((cut) => cut.axis === axis)?.step ?? 1));
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
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly axes: readonly number[];
  readonly steps: readonly number[];
}

function boundsOrRefuse(context: ShapeContext): Bounds {
  const { node, inputs } = context;
  const given = [1, 2, 3, 4].map((input) => context.constant(input));
  if (inputs.slice(1).some((input, index) => input !== undefined && given[index] === undefined)) {
    throw wrongInputs(node, 'takes bounds that are constants');
  }
  const rank = inputs[0]!.shape.length;
  const bounds = boundsOf(given, rank);
  const lengths = [bounds.ends, bounds.axes, bounds.steps].map((list) => list.length);
  if (lengths.some((length) => length !== bounds.starts.length)) {
    throw wrongInputs(node, 'has starts, ends, axes and steps of different lengths');
  }
  axesOf(node, bounds.axes, rank);
  if (bounds.steps.some((step) => step < 1)) throw wrongInputs(node, 'takes positive steps only');
  return bounds;
}

function boundsOf(given: readonly (Tensor | undefined)[], rank: number): Bounds {
  const [starts, ends, axes, steps] = given.map((list) => list && integersOf(list));
  const from = starts ?? [];
  const axisList = axes ?? from.map((_, axis) => axis);
  return {
    starts: from,
    ends: ends ?? [],
    axes: axisList.map((axis) => (axis < 0 ? axis + rank : axis)),
    steps: steps ?? from.map(() => 1),
  };
}

function cutOf({ starts, ends, axes, steps }: Bounds, position: number, size: number): Cut {
  const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
  const [start, end, step] = [clamp(starts[position]!), clamp(ends[position]!), steps[position]!];
  return { axis: axes[position]!, start, step, count: Math.ceil((end - start) / step) };
}

/** The adjoint: zeros around what was taken, and between where the step is above 1. */
function placed(context: GradientContext, dy: ValueName): ValueName {
  const { graph, type } = context;
  const { shape } = type(inputOf(context, 0));
  const bounds = boundsOf(
    [1, 2, 3, 4].map((input) => context.constant(input)),
    shape.length,
  );
  const cuts = bounds.axes.map((axis, position) => cutOf(bounds, position, Number(shape[axis])));
  const spread = cuts.reduce((value, cut) => spreadOut(context, value, cut), dy);
  const pads = new Array<number>(2 * shape.length).fill(0);
  for (const { axis, start, step, count } of cuts) {
    pads[axis] = start;
    pads[axis + shape.length] = Number(shape[axis]) - start - ((count - 1) * step + 1);
  }
  return pads.every((pad) => pad === 0) ? spread : graph.add('Pad', [spread, graph.integers(pads)]);
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
