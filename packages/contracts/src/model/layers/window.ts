import { type Static, Type } from 'typebox';
import { OneOf } from '../../closed.ts';

/** 1, 2 or 3 spatial axes. */
export type Rank = 1 | 2 | 3;

const axisNames = { 1: '[length]', 2: '[height, width]', 3: '[depth, height, width]' } as const;

/** One number for all spatial axes, or one for each. */
export function perAxis(rank: Rank, description: string, minimum = 1) {
  const extent = Type.Integer({ minimum, maximum: 65_536 });
  return Type.Union([extent, Type.Array(extent, { minItems: rank, maxItems: rank })], {
    description: `${description}: one number, or ${axisNames[rank]}`,
  });
}
export type PerAxis = Static<ReturnType<typeof perAxis>>;

/** Before and after each spatial axis: one number, one per axis, or [before, after] per axis. */
export function marginPerAxis<Axes extends Rank>(rank: Axes, description: string) {
  const extent = Type.Integer({ minimum: 0, maximum: 65_536 });
  const pair = Type.Array(extent, { minItems: 2, maxItems: 2 });
  const branches =
    rank === 1
      ? [extent, pair]
      : [
          extent,
          Type.Array(extent, { minItems: rank, maxItems: rank }),
          Type.Array(pair, { minItems: rank, maxItems: rank }),
        ];
  const forms =
    rank === 1 ? '[before, after]' : `one per axis of ${axisNames[rank]}, or [before, after] per axis`;
  return Type.Unsafe<MarginPerAxis<Axes>>(
    Type.Union(branches, { description: `${description}: one number, ${rank === 1 ? 'or ' : ''}${forms}` }),
  );
}
export type MarginPerAxis<Axes extends Rank = Rank> =
  | number
  | number[]
  | (Axes extends 1 ? never : number[][]);

export const paddings = ['valid', 'same'] as const;
export const Padding = Type.Optional(
  OneOf(paddings, 'valid: only where the window fits; same: ⌈size ÷ stride⌉ positions; default valid'),
);
