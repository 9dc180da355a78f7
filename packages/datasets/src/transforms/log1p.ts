import type { TransformOf } from '@descent/contracts';
import { changed, numbers, type Rule } from './flow.ts';

/** V8 computes it by its own port of fdlibm: the same bits on every platform. */
export const log1p: Rule<TransformOf<'log1p'>> = {
  compile(_, flow, place) {
    numbers(flow, place);
    const { minimum } = place.column.statistics;
    if (flow.original && minimum <= -1) {
      throw place.invalid(`it needs numbers above −1; column "${place.column.name}" goes down to ${minimum}`);
    }
    return { flow: changed(flow), step: { kind: 'each', map: Math.log1p } };
  },
};
