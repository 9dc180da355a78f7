import type { Dim, Shape } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import { integer, integers, real, text } from './attributes.ts';

/** One axis that changes. `start` and `end` are the region of interest, used by tf_crop_and_resize only. */
export interface AxisResize {
  readonly axis: number;
  readonly input: number;
  readonly output: number;
  readonly scale: number;
  readonly start: number;
  readonly end: number;
}

/** An element of the result along one axis: weights of elements of the input; undefined outside of the cropped region. */
export type Taps = readonly (readonly [source: number, weight: number])[] | undefined;

export interface GivenSizes {
  readonly roi: readonly number[] | undefined;
  readonly scales: readonly number[] | undefined;
  readonly sizes: Shape | undefined;
}

/** An axis is resized by a table of its elements, or a matrix of weights (64 MiB of float32 at most). */
const longestAxis = 2 ** 16;
const mostWeights = 2 ** 24;

/** Which axes are resized to what, or in words why that cannot be. Axes that stay as they are are left out. */
export function resizedAxes(
  shape: Shape,
  { roi, scales, sizes }: GivenSizes,
  attributes: Attributes,
): readonly AxisResize[] | string {
  const axes = integers(attributes, 'axes') ?? shape.map((_, axis) => axis);
  const given = scales ?? sizes;
  if (given === undefined || (scales !== undefined && sizes !== undefined))
    return 'takes either scales or sizes';
  if (given.length !== axes.length) return `takes ${axes.length} scales or sizes, not ${given.length}`;
  const crops = text(attributes, 'coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize';
  if (crops && roi?.length !== 2 * axes.length) return `takes a roi of ${2 * axes.length} numbers`;

  const resized: AxisResize[] = [];
  const common =
    sizes && commonScale(shape, axes, sizes, text(attributes, 'keep_aspect_ratio_policy', 'stretch'));
  for (const [place, each] of axes.entries()) {
    const axis = each < 0 ? each + shape.length : each;
    const [dim, wanted] = [shape[axis], given[place]!];
    const [start, end] = crops ? [roi![place]!, roi![place + axes.length]!] : [0, 1];
    if (dim === undefined) return `axes name ${each}, but the input has ${shape.length} axes`;
    if (typeof dim !== 'number' || typeof wanted !== 'number') {
      const stays = scales === undefined ? wanted === dim : wanted === 1;
      if (!stays) return `axis ${axis} is the batch, which cannot be resized by ${wanted}`;
      continue;
    }
    const [output, scale] = outputOf(dim, wanted, scales !== undefined, common);
    if (!(scale > 0) || !Number.isSafeInteger(output) || output < 1) {
      return `axis ${axis} of size ${dim} cannot be resized by ${wanted}`;
    }
    if (output === dim && scale === 1 && start === 0 && end === 1) continue;
    if (output > longestAxis || dim > longestAxis || output * dim > mostWeights) {
      return `axis ${axis} of size ${dim} is too long to become ${output}`;
    }
    resized.push({ axis, input: dim, output, scale, start, end });
  }
  return resized;
}

/** ONNX's reference works in float32 here: 10 · 0.7 is 7, not 6.9999999. */
function outputOf(
  size: number,
  wanted: number,
  isScale: boolean,
  common: number | undefined,
): readonly [output: number, scale: number] {
  if (isScale) return [Math.floor(Math.fround(size * Math.fround(wanted))), wanted];
  if (common === undefined) return [wanted, wanted / size];
  return [Math.floor(common * size + 0.5), common];
}

/** Under a policy that keeps the aspect ratio, all axes share the smallest, or largest, scale. */
function commonScale(
  shape: Shape,
  axes: readonly number[],
  sizes: readonly Dim[],
  policy: string,
): number | undefined {
  if (policy === 'stretch') return undefined;
  const scales = axes.map(
    (axis, place) => Number(sizes[place]) / Number(shape[axis < 0 ? axis + shape.length : axis]),
  );
  const known = scales.filter((scale) => !Number.isNaN(scale));
  return policy === 'not_larger' ? Math.min(...known) : Math.max(...known);
}

/** What every element along a resized axis is made of; equal sources are added up. */
export function tapsOf(resize: AxisResize, attributes: Attributes): readonly Taps[] {
  const mode = text(attributes, 'mode', 'nearest');
  const crops = text(attributes, 'coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize';
  return Array.from({ length: resize.output }, (_, place) => {
    const at = coordinateOf(resize, place, attributes);
    if (crops && (at < 0 || at > resize.input - 1)) return undefined;
    const taps =
      mode === 'nearest' ? [[nearest(at, attributes), 1] as const] : weighted(at, resize, attributes);
    const sums = new Map<number, number>();
    for (const [source, weight] of taps) {
      const inside = Math.min(Math.max(source, 0), resize.input - 1);
      sums.set(inside, (sums.get(inside) ?? 0) + weight);
    }
    return [...sums];
  });
}

/** Where an element of the result lies in the input. ONNX's reference takes the resized length before rounding. */
function coordinateOf(
  { input, output, scale, start, end }: AxisResize,
  place: number,
  attributes: Attributes,
): number {
  const length = scale * input;
  const mode = text(attributes, 'coordinate_transformation_mode', 'half_pixel') as CoordinateMode;
  const halfPixel = (place + 0.5) / scale - 0.5;
  switch (mode) {
    case 'half_pixel':
      return halfPixel;
    case 'half_pixel_symmetric':
      return (input / 2) * (1 - output / length) + halfPixel;
    case 'pytorch_half_pixel':
      return output === 1 ? 0 : halfPixel;
    case 'align_corners':
      return output === 1 ? 0 : (place * (input - 1)) / (length - 1);
    case 'asymmetric':
      return place / scale;
    case 'tf_half_pixel_for_nn':
      return (place + 0.5) / scale;
    case 'tf_crop_and_resize':
      if (output === 1) return 0.5 * (start + end) * (input - 1);
      return start * (input - 1) + (place * (end - start) * (input - 1)) / (length - 1);
    default:
      return mode satisfies never;
  }
}

export const coordinateModes = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_half_pixel_for_nn',
  'tf_crop_and_resize',
] as const;
type CoordinateMode = (typeof coordinateModes)[number];

export const nearestModes = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'] as const;

function nearest(at: number, attributes: Attributes): number {
  const mode = text(attributes, 'nearest_mode', 'round_prefer_floor') as (typeof nearestModes)[number];
  switch (mode) {
    case 'round_prefer_floor':
      return Math.ceil(at - 0.5);
    case 'round_prefer_ceil':
      return Math.floor(at + 0.5);
    case 'floor':
      return Math.floor(at);
    case 'ceil':
      return Math.ceil(at);
    default:
      return mode satisfies never;
  }
}

/** The kernel, placed on the coordinate; with `antialias` it is widened where the axis shrinks. */
function weighted(at: number, { input, scale }: AxisResize, attributes: Attributes): [number, number][] {
  const cubic = text(attributes, 'mode', 'nearest') === 'cubic';
  const narrow = integer(attributes, 'antialias', 0) === 0 ? 1 : Math.min(scale, 1);
  const reach = cubic ? 2 : 1;
  const first = Math.floor(-reach / narrow) + 1;
  const base = Math.floor(at);
  const kernel = cubic ? keys(real(attributes, 'cubic_coeff_a', -0.75)) : triangle;
  const taps = Array.from({ length: 2 - 2 * first }, (_, index): [number, number] => {
    const source = base + first + index;
    return [source, kernel(Math.abs((source - at) * narrow))];
  });
  const counted =
    integer(attributes, 'exclude_outside', 0) === 0
      ? taps
      : taps.filter(([source]) => source >= 0 && source < input);
  const total = counted.reduce((sum, [, weight]) => sum + weight, 0);
  return counted.map(([source, weight]) => [source, weight / total]);
}

function triangle(distance: number): number {
  return Math.max(0, 1 - distance);
}

/** Keys, Cubic convolution interpolation for digital image processing (1981). */
function keys(a: number): (distance: number) => number {
  return (x) => {
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  };
}
