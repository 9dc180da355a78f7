import type { Tensor } from '@descent/tensors';
import { unravel } from '../rules/indexing.ts';
import { numbers } from '../rules/numbers.ts';

/** Of the finite elements; null where there is none. */
export interface TensorStatistics {
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly mean: number | null;
  /** Of the population: ÷ n. */
  readonly standardDeviation: number | null;
  /** L2 norm. */
  readonly norm: number | null;
  /** Share of all elements that are exactly 0. */
  readonly zeroShare: number;
  readonly nanCount: number;
  readonly infiniteCount: number;
}

export interface TensorElement {
  readonly index: readonly number[];
  readonly value: number;
}

/** What people can read of a tensor. */
export interface TensorSummary {
  readonly shape: readonly number[];
  readonly elements: number;
  readonly statistics: TensorStatistics;
  /** All elements in row-major order, where there are few. */
  readonly values: readonly number[] | null;
  /** Elements at even distances, where there are many. */
  readonly sample: readonly TensorElement[] | null;
}

export interface SummaryLimits {
  /** A tensor of up to this many elements is shown whole. */
  readonly wholeElements: number;
  /** Elements shown of a larger one. */
  readonly sampleElements: number;
}

export function summarizeTensor(tensor: Tensor, limits: SummaryLimits): TensorSummary {
  const values = numbers(tensor);
  const { length } = values;
  const whole = length <= limits.wholeElements;
  return {
    shape: tensor.shape,
    elements: length,
    statistics: statisticsOf(values),
    values: whole ? Array.from(values) : null,
    sample: whole
      ? null
      : evenlySpaced(length, limits.sampleElements).map((at) => ({
          index: unravel(at, tensor.shape),
          value: values[at]!,
        })),
  };
}

/** `count` positions below `length` at even distances, the first one included. */
export function evenlySpaced(length: number, count: number): number[] {
  const wanted = Math.min(length, count);
  return Array.from({ length: wanted }, (_, place) => Math.floor((place * length) / wanted));
}

function statisticsOf(values: Float64Array): TensorStatistics {
  let [zeros, nans, infinite, sum, squares] = [0, 0, 0, 0, 0];
  let [minimum, maximum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (Number.isNaN(value)) nans += 1;
    else if (!Number.isFinite(value)) infinite += 1;
    else {
      if (value === 0) zeros += 1;
      sum += value;
      squares += value * value;
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
    }
  }
  const finite = values.length - nans - infinite;
  const mean = sum / finite;
  let deviations = 0;
  for (const value of values) if (Number.isFinite(value)) deviations += (value - mean) ** 2;
  const known = (value: number) => (finite === 0 ? null : value);
  return {
    minimum: known(minimum),
    maximum: known(maximum),
    mean: known(mean),
    standardDeviation: known(Math.sqrt(deviations / finite)),
    norm: known(Math.sqrt(squares)),
    zeroShare: values.length === 0 ? 0 : zeros / values.length,
    nanCount: nans,
    infiniteCount: infinite,
  };
}
