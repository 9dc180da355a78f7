import type { TransformOf } from '@descent/contracts';
import { changed, type Flow, originalNumbers, type Place, type Rule } from './flow.ts';
import { statisticOf } from './statistic.ts';

/** A constant has no deviation to divide by; it becomes 0. */
const affine = (mean: number, deviation: number) => {
  const divisor = deviation === 0 ? 1 : deviation;
  return { factor: 1 / divisor, offset: -mean / divisor };
};

export const standardise: Rule<TransformOf<'standardise'>> = {
  compile(settings, flow, place) {
    originalNumbers(flow, place);
    const { per = 'column', mean, standardDeviation } = settings;
    const { statistics } = place.column;
    if ((mean === undefined) !== (standardDeviation === undefined)) {
      throw place.invalid('give both `mean` and `standardDeviation`, or neither');
    }
    if (per === 'channel') return perChannel(mean, standardDeviation, flow, place);
    const step = {
      kind: 'affine' as const,
      ...affine(
        statisticOf(mean, 'mean', place) ?? statistics.mean,
        statisticOf(standardDeviation, 'standardDeviation', place) ?? statistics.standardDeviation,
      ),
    };
    return { flow: changed(flow), step };
  },
};

function perChannel(
  mean: readonly number[] | undefined,
  deviation: readonly number[] | undefined,
  flow: Flow,
  place: Place,
) {
  const channels = flow.shape.at(-1) ?? 1;
  const { statistics } = place.column;
  for (const given of [mean, deviation]) {
    if (given !== undefined && given.length !== channels) {
      throw place.invalid(`the last axis has ${channels} channels; ${given.length} statistics are given`);
    }
  }
  if (place.index > 0) throw place.invalid('statistics per channel are for a single column');
  const steps = Array.from({ length: channels }, (_, c) =>
    affine(mean?.[c] ?? statistics.mean, deviation?.[c] ?? statistics.standardDeviation),
  );
  const run = (from: Float64Array, to: Float64Array) => {
    for (let i = 0; i < from.length; i++) {
      const { factor, offset } = steps[i % channels]!;
      to[i] = from[i]! * factor + offset;
    }
  };
  return { flow: changed(flow), step: { kind: 'row' as const, run } };
}
