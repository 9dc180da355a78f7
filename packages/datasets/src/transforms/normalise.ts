import type { TransformOf } from '@descent/contracts';
import { changed, originalNumbers, type Rule } from './flow.ts';
import { statisticOf } from './statistic.ts';

export const normalise: Rule<TransformOf<'normalise'>> = {
  compile(settings, flow, place) {
    originalNumbers(flow, place);
    if ((settings.minimum === undefined) !== (settings.maximum === undefined)) {
      throw place.invalid('give both `minimum` and `maximum`, or neither');
    }
    const { statistics } = place.column;
    const minimum = statisticOf(settings.minimum, 'minimum', place) ?? statistics.minimum;
    const maximum = statisticOf(settings.maximum, 'maximum', place) ?? statistics.maximum;
    if (maximum < minimum) throw place.invalid(`its maximum ${maximum} is less than its minimum ${minimum}`);
    const range = maximum === minimum ? 1 : maximum - minimum;
    return {
      flow: changed(flow),
      step: { kind: 'affine', factor: 1 / range, offset: -minimum / range },
    };
  },
};
