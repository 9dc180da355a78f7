import type { ScheduleSettings } from '@descent/contracts';
import { cosineOfPi, power } from './portable-math.ts';

/**
 * Learning rate of an update. `step` counts from 0; `totalSteps` is that of the whole training job.
 *
 * Warm-up step s of w has the share (s + 1) / w, so the first update already moves and the last one of the warm-up has
 * the full base rate. The schedule proper begins after it: let s' = step − w and t' = totalSteps − w.
 *
 *     constant   1
 *     step       factor ^ ⌊s' / everySteps⌋
 *     cosine     f + (1 − f)·(1 + cos(π·s'/t')) / 2, f = finalFactor   (Loshchilov & Hutter 2017, without restarts)
 *
 * The cosine comes to f at step totalSteps, one after the last, and stays there.
 */
export function learningRateAt(
  schedule: ScheduleSettings | undefined,
  baseLearningRate: number,
  step: number,
  totalSteps: number,
): number {
  const settings = schedule ?? { type: 'constant' };
  const { warmupSteps = 0 } = settings;
  if (step < warmupSteps) return (baseLearningRate * (step + 1)) / warmupSteps;
  return baseLearningRate * factorAt(settings, step - warmupSteps, totalSteps - warmupSteps);
}

/** Factor on the base rate, `step` of `totalSteps` counted from the end of the warm-up. */
function factorAt(settings: ScheduleSettings, step: number, totalSteps: number): number {
  switch (settings.type) {
    case 'constant':
      return 1;
    case 'step':
      return power(settings.factor, Math.floor(step / settings.everySteps));
    case 'cosine': {
      const { finalFactor = 0 } = settings;
      if (step >= totalSteps) return finalFactor;
      return finalFactor + ((1 - finalFactor) * (1 + cosineOfPi(step / totalSteps))) / 2;
    }
    default:
      return settings satisfies never;
  }
}
