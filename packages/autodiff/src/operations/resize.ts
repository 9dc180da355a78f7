import { elementCount, type Tensor } from '@descent/tensors';
import { renderShape, type Shape } from '../dim.ts';
import type { Attributes, ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { DecomposeContext, Operation, ShapeContext } from '../operation.ts';
import { axesOf, integers, real, text } from '../rules/attributes.ts';
import { lanesOf } from '../rules/lanes.ts';
import { integersOf, numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch, wrongAttribute, wrongInputs } from '../rules/refuse.ts';
import {
  type AxisResize,
  coordinateModes,
  type GivenSizes,
  nearestModes,
  resizedAxes,
  type Taps,
  tapsOf,
} from '../rules/resize.ts';

const choices: Readonly<Record<string, readonly string[]>> = {
  mode: ['nearest', 'linear', 'cubic'],
  coordinate_transformation_mode: coordinateModes,
  nearest_mode: nearestModes,
  keep_aspect_ratio_policy: ['stretch', 'not_larger', 'not_smaller'],
};

/**
 * ONNX Resize (opset 19): every resized axis in turn, by the nearest element or a linear or cubic kernel. `scales`,
 * `sizes` and `roi` follow from constants; the batch axis stays.
 */
export const resize: Operation = {
  inputs: [
    { name: 'X', dtypes: 'any' },
    { name: 'roi', dtypes: 'float', presence: 'optional' },
    { name: 'scales', dtypes: 'float', presence: 'optional' },
    { name: 'sizes', dtypes: 'index', presence: 'optional' },
  ],
  attributes: {
    antialias: 'integer',
    axes: 'integers',
    coordinate_transformation_mode: 'text',
    cubic_coeff_a: 'real',
    exclude_outside: 'integer',
    extrapolation_value: 'real',
    keep_aspect_ratio_policy: 'text',
    mode: 'text',
    nearest_mode: 'text',
  },
  shape: (context) => {
    const { node, inputs } = context;
    const { dtype, shape } = inputs[0]!;
    for (const [attribute, known] of Object.entries(choices)) {
      const given = node.attributes[attribute];
      if (given !== undefined && !known.includes(`${given}`)) {
        throw wrongAttribute(node, attribute, `must be one of ${known.join(', ')}`);
      }
    }
    if (dtype !== 'float32' && text(node.attributes, 'mode', 'nearest') !== 'nearest') {
      throw wrongInputs(node, `interpolates float32, not ${dtype}`);
    }
    axesOf(node, integers(node.attributes, 'axes') ?? [], shape.length);
    const axes = resizedAxes(shape, givenOrRefuse(context), node.attributes);
    if (typeof axes === 'string') throw mismatch(context, `${renderShape(shape)} ${axes}`);
    return [{ dtype, shape: resizedShape(shape, axes) }];
  },
  evaluate: ([x, ...given], attributes, [type]) => {
    const axes = knownAxes(x!.shape, readSizes(given), attributes);
    const missing = real(attributes, 'extrapolation_value', 0);
    const whole: PartlyResized = {
      values: numbers(x!),
      outside: new Float64Array(elementCount(x!.shape)),
      shape: x!.shape,
    };
    const result = axes.reduce<PartlyResized>(({ values, shape, outside }, each) => {
      const taps = tapsOf(each, attributes);
      return {
        values: along(values, shape, each, taps),
        outside: along(outside, shape, each, taps, 1),
        shape: shape.with(each.axis, each.output),
      };
    }, whole);
    return [
      tensorOf(
        type!,
        result.values.map((value, place) => (result.outside[place]! > 0 ? missing : value)),
      ),
    ];
  },
  gradient: 'decompose',
  decompose: (context) => [decomposed(context)],
  flops: ([x], [y], attributes) => {
    if (text(attributes, 'mode', 'nearest') === 'nearest') return 0;
    const taps = text(attributes, 'mode', 'nearest') === 'cubic' ? 4 : 2;
    const axes = y!.shape.filter((size, axis) => size !== x!.shape[axis]).length;
    return elementCount(y!.shape) * 2 * taps * axes;
  },
};

/** After some of the axes; `outside` is positive where a crop left the input. */
interface PartlyResized {
  readonly values: Float64Array;
  readonly outside: Float64Array;
  readonly shape: readonly number[];
}

/** Opset 11 marks what is not given by an empty tensor. */
function orAbsent<List extends readonly unknown[]>(list: List | undefined): List | undefined {
  return list?.length === 0 ? undefined : list;
}

function givenOrRefuse(context: ShapeContext): GivenSizes {
  const { node, inputs } = context;
  const list = (input: number) => {
    const known = context.constant(input);
    if (known !== undefined) return orAbsent(Array.from(numbers(known)));
    if (inputs[input] === undefined) return undefined;
    throw wrongInputs(node, 'takes a roi and scales that are constants');
  };
  const sizes = context.shapeValue(3);
  if (inputs[3] !== undefined && sizes === undefined) {
    throw wrongInputs(node, 'takes sizes that follow from shapes and constants');
  }
  return { roi: list(1), scales: list(2), sizes: orAbsent(sizes) };
}

function readSizes([roi, scales, sizes]: readonly (Tensor | undefined)[]): GivenSizes {
  return {
    roi: orAbsent(roi && Array.from(numbers(roi))),
    scales: orAbsent(scales && Array.from(numbers(scales))),
    sizes: orAbsent(sizes && integersOf(sizes)),
  };
}

/** For inputs that the shape rule has accepted. */
function knownAxes(shape: Shape, given: GivenSizes, attributes: Attributes): readonly AxisResize[] {
  const axes = resizedAxes(shape, given, attributes);
  if (typeof axes === 'string') throw new Error(axes);
  return axes;
}

function resizedShape(shape: Shape, axes: readonly AxisResize[]): Shape {
  return axes.reduce((result, { axis, output }) => result.with(axis, output), shape);
}

/** One axis resized: a weighted sum per element, or `outside` where there is none. */
function along(
  values: Float64Array,
  shape: readonly number[],
  { axis, input, output }: AxisResize,
  taps: readonly Taps[],
  outside = 0,
): Float64Array {
  const { outer, inner } = lanesOf(shape, axis);
  const result = new Float64Array(outer * output * inner);
  for (let block = 0; block < outer; block += 1) {
    taps.forEach((list, place) => {
      for (let lane = 0; lane < inner; lane += 1) {
        const into = (block * output + place) * inner + lane;
        result[into] =
          list === undefined
            ? outside
            : list.reduce(
                (sum, [source, weight]) => sum + weight * values[(block * input + source) * inner + lane]!,
                0,
              );
      }
    });
  }
  return result;
}

function decomposed({ graph, node, type, constant }: DecomposeContext): ValueName {
  const { attributes } = node;
  const x = node.inputs[0]!;
  const { shape } = type(x);
  const sizes = node.inputs[3] ? graph.shapeValue(node.inputs[3]) : undefined;
  const given = { ...readSizes([constant(1), constant(2)]), sizes: orAbsent(sizes) };
  const axes = knownAxes(shape, given, attributes).map((each) => ({
    ...each,
    taps: tapsOf(each, attributes),
  }));
  // What shrinks goes first: the rest has less to do.
  const order = axes.toSorted((a, b) => a.output / a.input - b.output / b.input);
  const picks = text(attributes, 'mode', 'nearest') === 'nearest';
  const result = picks
    ? whole(
        graph,
        order.filter((each) => !repeats(each)).reduce((value, each) => picked(graph, value, each), x),
        axes,
      )
    : order.reduce((value, each) => mixed(graph, value, each), x);
  const cropped = axes.filter(({ taps }) => taps.includes(undefined));
  if (cropped.length === 0) return result;
  const outside = cropped
    .map(({ axis, taps }) => {
      const column = shape.map((_, at) => (at === axis ? taps.length : 1));
      return graph.constant({
        dtype: 'bool',
        shape: column,
        data: Uint8Array.from(taps, (list) => (list ? 0 : 1)),
      });
    })
    .reduce((either, each) => graph.add('Or', [either, each]));
  const missing = graph.add('Cast', [graph.scalar(real(attributes, 'extrapolation_value', 0))], {
    to: type(x).dtype,
  });
  return graph.add('Where', [outside, missing, result]);
}

interface AxisTaps extends AxisResize {
  readonly taps: readonly Taps[];
}

/** True where every element along the axis comes a whole number of times. */
function repeats({ input, output, taps }: AxisTaps): boolean {
  const times = output / input;
  return Number.isInteger(times) && taps.every((list, place) => list?.[0]?.[0] === Math.floor(place / times));
}

/** All axes whose elements repeat, at once. */
function whole(graph: GraphBuilder, value: ValueName, axes: readonly AxisTaps[]): ValueName {
  const factors = new Array<number>(graph.type(value).shape.length).fill(1);
  for (const each of axes.filter(repeats)) factors[each.axis] = each.output / each.input;
  if (factors.every((factor) => factor === 1)) return value;
  const scales = graph.constant({
    dtype: 'float32',
    shape: [factors.length],
    data: Float32Array.from(factors),
  });
  return graph.add('Upsample', [value, scales]);
}

function picked(graph: GraphBuilder, value: ValueName, { axis, taps }: AxisTaps): ValueName {
  const sources = taps.map((list) => list?.[0]?.[0] ?? 0);
  return graph.add('Gather', [value, graph.integers(sources)], { axis });
}

/** A product with the matrix of weights, from the right for the last axis and from the left for the others. */
function mixed(graph: GraphBuilder, value: ValueName, { axis, input, output, taps }: AxisTaps): ValueName {
  const { shape } = graph.type(value);
  const last = axis === shape.length - 1;
  const weights = new Float32Array(input * output);
  taps.forEach((list, place) => {
    for (const [source, weight] of list ?? [])
      weights[last ? source * output + place : place * input + source] = weight;
  });
  const matrix = graph.constant({
    dtype: 'float32',
    shape: last ? [input, output] : [output, input],
    data: weights,
  });
  if (last) return graph.add('MatMul', [value, matrix]);
  if (axis === shape.length - 2) return graph.add('MatMul', [matrix, value]);
  const sizes = (size: number) =>
    shape.map((dim, at) => (at < axis ? 0 : at === axis ? size : typeof dim === 'number' ? dim : -1));
  const rows = sizes(input).slice(0, axis + 1);
  const flat = graph.add('Reshape', [value, graph.integers([...rows, -1])]);
  return graph.add('Reshape', [graph.add('MatMul', [matrix, flat]), graph.integers(sizes(output))]);
}
