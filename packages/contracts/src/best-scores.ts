import { type Static, Type } from 'typebox';
import { Closed, OneOf } from './closed.ts';
import type { ScoreGoal } from './model/score-names.ts';

export const BestScore = Closed({
  value: Type.Number(),
  step: Type.Integer({ description: 'Updates applied when it was measured, the first time' }),
  split: OneOf(['train', 'validation']),
});
export type BestScore = Static<typeof BestScore>;
export const BestScores = Type.Record(Type.String(), BestScore);
export type BestScores = Static<typeof BestScores>;

interface ScoredPoint {
  readonly step: number;
  readonly split: BestScore['split'];
  readonly values: Readonly<Record<string, number>>;
}

/**
 * The best of each score after more points. Of evaluations only, once there was one: a mini-batch flatters.
 *
 * Null: where one of `before` was measured there is another value now, as after a restart from a checkpoint of a job that
 * does not repeat bit for bit. What was second best is not known here: begin with `{}` over all points.
 */
export function bestScores(
  before: BestScores,
  points: readonly ScoredPoint[],
  goals: Readonly<Record<string, ScoreGoal>>,
): BestScores | null {
  const best = new Map(Object.entries(before));
  for (const { step, split, values } of points) {
    for (const [name, goal] of Object.entries(goals)) {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined || !Number.isFinite(value)) continue;
      const held = best.get(name);
      if (held?.split === 'validation' && split === 'train') continue;
      if (held?.split === split && held.step === step && held.value !== value) return null;
      const beats = held?.split !== split || (goal === 'largest' ? value > held.value : value < held.value);
      if (beats) best.set(name, { value, step, split });
    }
  }
  return Object.fromEntries(best);
}
