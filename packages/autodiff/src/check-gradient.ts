import type { Tensor } from '@descent/tensors';
import { differentiate } from './differentiate.ts';
import { evaluate, type Feeds } from './evaluate.ts';
import type { Graph, ValueName } from './graph.ts';
import { unravel } from './rules/indexing.ts';
import { numbers } from './rules/numbers.ts';

export interface CheckGradientOptions {
  readonly batch?: number;
  /** Half the distance of the two points of the quotient, relative to max(1, |x|). Default 1e-5. */
  readonly step?: number;
  /** Largest relative error that passes. Default 1e-5. */
  readonly tolerance?: number;
  /** Derives the gradient that is checked. Default `differentiate`. */
  readonly derive?: (graph: Graph, loss: string, wrt: readonly ValueName[]) => Graph;
}

/** The element whose gradient is furthest from the difference quotient. */
export interface GradientDeviation {
  readonly name: ValueName;
  readonly relativeError: number;
  readonly index: readonly number[];
  readonly derived: number;
  readonly measured: number;
}

export interface GradientCheck {
  readonly passed: boolean;
  readonly worst: readonly GradientDeviation[];
}

/**
 * Holds the derived gradient against central finite differences in double precision, element by element of each fed
 * value in `wrt`. The relative error is |derived − measured| ÷ max(|derived|, |measured|), where the rounding noise
 * of the quotient itself (about |loss| · 2⁻⁵² ÷ step) stays below the tolerance. The loss must be smooth within
 * `step` of the feeds: away from the kink of a Relu, from ties of a maximum.
 */
export function checkGradient(
  graph: Graph,
  loss: string,
  wrt: readonly ValueName[],
  feeds: Feeds,
  options: CheckGradientOptions = {},
): GradientCheck {
  const { step = 1e-5, tolerance = 1e-5, derive = differentiate } = options;
  const at = options.batch === undefined ? {} : { batch: options.batch };
  const derived = evaluate(derive(graph, loss, wrt), feeds, at).outputs;
  const lossAt = (point: Feeds) => numbers(evaluate(graph, point, at).outputs.get(loss)!)[0]!;
  const noise = (8 * Number.EPSILON * Math.max(1, Math.abs(lossAt(feeds)))) / step;

  const worst = wrt.map((name) => {
    const gradient = numbers(derived.get(`gradient/${name}`)!);
    const feed = feeds[name]!;
    let deviation: GradientDeviation | undefined;
    gradient.forEach((value, index) => {
      const measured = quotient(lossAt, feeds, name, index, step);
      const scale = Math.max(Math.abs(value), Math.abs(measured), noise / tolerance);
      const error = Math.abs(value - measured) / scale;
      const relativeError = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
      if (deviation !== undefined && relativeError <= deviation.relativeError) return;
      deviation = { name, relativeError, index: unravel(index, feed.shape), derived: value, measured };
    });
    return deviation ?? { name, relativeError: 0, index: [], derived: 0, measured: 0 };
  });
  return { passed: worst.every(({ relativeError }) => relativeError <= tolerance), worst };
}

function quotient(
  lossAt: (feeds: Feeds) => number,
  feeds: Feeds,
  name: ValueName,
  index: number,
  step: number,
): number {
  const feed = feeds[name]!;
  const center = numbers(feed)[index]!;
  const width = step * Math.max(1, Math.abs(center));
  const moved = (value: number): Tensor => ({
    dtype: 'float64',
    shape: feed.shape,
    data: Float64Array.from(numbers(feed)).with(index, value),
  });
  const [above, below] = [center + width, center - width];
  const rise = lossAt({ ...feeds, [name]: moved(above) }) - lossAt({ ...feeds, [name]: moved(below) });
  return rise / (above - below);
}
