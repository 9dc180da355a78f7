import type { TransformOf } from '@descent/contracts';
import { elementCount } from '@descent/tensors';
import { type Flow, numbers, type Rule } from './flow.ts';
import { statisticOf } from './statistic.ts';

export const fill: Rule<TransformOf<'fill'>> = {
  compile(settings, flow, place) {
    numbers(flow, place);
    if (typeof settings.with === 'string' && !flow.original) {
      throw place.invalid('put it first: mean and median are those of the column');
    }
    const { indicator = false } = settings;
    const value =
      typeof settings.with === 'number'
        ? settings.with
        : (statisticOf(settings.values, 'values', place) ?? place.column.statistics.mean);
    const filled: Flow = { ...flow, gaps: false };
    if (!indicator) {
      return { flow: filled, step: { kind: 'each', map: (x) => (Number.isNaN(x) ? value : x) } };
    }
    if (elementCount(flow.shape) !== 1) {
      throw place.invalid('`indicator` is for columns with one number per sample');
    }
    const run = (from: Float64Array, to: Float64Array) => {
      const missing = Number.isNaN(from[0]!);
      to[0] = missing ? value : from[0]!;
      to[1] = missing ? 1 : 0;
    };
    // What follows changes the indicator too, so no statistics of the column apply any more.
    return { flow: { ...filled, shape: [2], original: false }, step: { kind: 'row', run } };
  },
};
