import type { TransformOf } from '@descent/contracts';
import type { Rule } from './flow.ts';

export const codes: Rule<TransformOf<'codes'>> = {
  compile(_, flow, place) {
    if (flow.classes === undefined) throw place.invalid(`column "${place.column.name}" holds no categories`);
    const { classes: _classes, ...rest } = flow;
    return { flow: rest, step: undefined };
  },
};
