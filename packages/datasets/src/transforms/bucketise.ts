import type { TransformOf } from '@descent/contracts';
import { changed, numbers, originalNumbers, type Place, type Rule } from './flow.ts';
import { statisticOf } from './statistic.ts';

export const bucketise: Rule<TransformOf<'bucketise'>> = {
  compile(settings, flow, place) {
    const boundaries = boundariesOf(settings, place);
    if (settings.quantiles === undefined) numbers(flow, place);
    else originalNumbers(flow, place);
    if (boundaries.some((value, index) => index > 0 && value <= boundaries[index - 1]!)) {
      throw place.invalid('its boundaries must ascend');
    }
    const map = (x: number) => (Number.isNaN(x) ? x : bucketOf(boundaries, x));
    return {
      flow: changed(flow, {
        integer: !flow.gaps, // Of equal quantiles some buckets are empty; there are as many all the same.
        range: { minimum: 0, maximum: (settings.quantiles ?? boundaries.length + 1) - 1 },
      }),
      step: { kind: 'each', map },
    };
  },
};

function boundariesOf(settings: TransformOf<'bucketise'>, place: Place): readonly number[] {
  const { boundaries, quantiles, values } = settings;
  if ((boundaries === undefined) === (quantiles === undefined)) {
    throw place.invalid('give either `boundaries` or `quantiles`');
  }
  if (boundaries !== undefined) return boundaries;
  const recorded = statisticOf(values, 'values', place);
  if (recorded !== undefined) return recorded;
  // Before the quantiles are known, as many buckets as there may be.
  return Array.from({ length: quantiles! - 1 }, (_, index) => index);
}

/** How many boundaries are ≤ x, by bisection. */
function bucketOf(boundaries: readonly number[], x: number): number {
  let low = 0;
  let high = boundaries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (boundaries[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
