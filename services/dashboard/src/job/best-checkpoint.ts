import type { Checkpoint } from '@descent/client';

/** Of those that were evaluated, the one with the smallest validation loss, as the service chooses `best`. */
export function bestCheckpoint(checkpoints: readonly Checkpoint[]): Checkpoint | undefined {
  let best: Checkpoint | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const checkpoint of checkpoints) {
    const loss = checkpoint.validation?.loss;
    if (loss === undefined || loss >= least) continue;
    best = checkpoint;
    least = loss;
  }
  return best;
}
