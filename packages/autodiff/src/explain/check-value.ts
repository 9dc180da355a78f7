import type { Tensor } from '@descent/tensors';
import { evaluate } from '../evaluate.ts';
import type { ValueName } from '../graph.ts';
import { unravel } from '../rules/indexing.ts';
import { numbers } from '../rules/numbers.ts';
import type { Cut } from './cut.ts';
import { evenlySpaced } from './tensor-summary.ts';

/** The gradient of one value held against finite differences, at some of its elements. */
export interface ValueCheck {
  readonly passed: boolean;
  /** Elements that were moved, of all. */
  readonly checked: number;
  readonly of: number;
  /**
   * Elements at a corner of the loss (the kink of a ReLU, a tie of a maximum), where the derivative is any value
   * between the slopes to both sides, and lies between them.
   */
  readonly corners: number;
  /** The element that is furthest off. */
  readonly worst: {
    readonly index: readonly number[];
    readonly derived: number;
    readonly measured: number;
    readonly relativeError: number;
  };
}

const step = 1e-5;
/** Largest relative error that passes. */
export const checkTolerance = 1e-5;

/**
 * Moves single elements of the value at a cut and measures how the loss follows, in double precision: the central
 * difference (L(x + h) − L(x − h)) ÷ 2h. As in `checkGradient`, errors below the rounding noise of that quotient pass.
 *
 * @param gradient what differentiation says, of the value's shape
 * @param elements how many elements are moved: those with the largest gradient and others at even distances
 */
export function checkValue(
  { graph, feeds }: Cut,
  loss: string,
  value: ValueName,
  gradient: Tensor,
  { elements, batch }: { readonly elements: number; readonly batch: number },
): ValueCheck {
  const feed = feeds[value]!;
  const derivatives = numbers(gradient);
  const at = numbers(feed).slice();
  const moved: Tensor = { dtype: 'float64', shape: feed.shape, data: at };
  const point = { ...feeds, [value]: moved };
  const lossHere = () => numbers(evaluate(graph, point, { batch }).outputs.get(loss)!)[0]!;
  const center = lossHere();
  const noise = (8 * Number.EPSILON * Math.max(1, Math.abs(center))) / step;

  let corners = 0;
  let worst: ValueCheck['worst'] | undefined;
  const chosen = chooseElements(derivatives, elements);
  for (const element of chosen) {
    const original = at[element]!;
    const width = step * Math.max(1, Math.abs(original));
    at[element] = original + width;
    const [above, right] = [at[element], lossHere()];
    at[element] = original - width;
    const [below, left] = [at[element], lossHere()];
    at[element] = original;
    const derived = derivatives[element]!;
    const off = (measured: number) => {
      const scale = Math.max(Math.abs(derived), Math.abs(measured), noise / checkTolerance);
      const error = Math.abs(derived - measured) / scale;
      return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    };
    let measured = (right - left) / (above - below);
    if (off(measured) > checkTolerance) {
      const slopes = [(center - left) / (original - below), (right - center) / (above - original)];
      if (isCorner(derived, slopes, noise)) {
        corners += 1;
        measured = derived;
      }
    }
    const relativeError = off(measured);
    if (worst === undefined || relativeError > worst.relativeError) {
      worst = { index: unravel(element, feed.shape), derived, measured, relativeError };
    }
  }
  worst ??= { index: [], derived: 0, measured: 0, relativeError: 0 };
  return {
    passed: worst.relativeError <= checkTolerance,
    checked: chosen.length,
    of: at.length,
    corners,
    worst,
  };
}

/** A smooth loss has nearly the same slope to both sides; at a corner they differ, and the derivative lies between. */
function isCorner(derived: number, slopes: readonly number[], noise: number): boolean {
  const [low, high] = [Math.min(...slopes), Math.max(...slopes)];
  const size = Math.max(Math.abs(low), Math.abs(high), noise);
  const slack = 1e-3 * size + noise;
  return high - low > 1e-2 * size && derived >= low - slack && derived <= high + slack;
}

function chooseElements(derivatives: Float64Array, count: number): number[] {
  let largest = 0;
  derivatives.forEach((value, index) => {
    if (Math.abs(value) > Math.abs(derivatives[largest]!)) largest = index;
  });
  const chosen = new Set([largest, ...evenlySpaced(derivatives.length, count)]);
  return derivatives.length === 0 ? [] : [...chosen].slice(0, Math.max(1, count));
}
