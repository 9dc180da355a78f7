import type { TransformOf } from '@descent/contracts';
import { changed, numbers, type Rule } from './flow.ts';

export const scale: Rule<TransformOf<'scale'>> = {
  compile({ factor, offset = 0 }, flow, place) {
    numbers(flow, place);
    return { flow: changed(flow), step: { kind: 'affine', factor, offset } };
  },
};
