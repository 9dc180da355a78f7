import type { Checkpoint } from '@descent/contracts';

/** Of those that were evaluated, the one with the smallest validation loss. */
export function bestCheckpoint(checkpoints: readonly Checkpoint[]): Checkpoint | undefined {
  const loss = ({ validation }: Checkpoint) => validation?.loss ?? Number.POSITIVE_INFINITY;
  return checkpoints
    .filter(({ validation }) => validation?.loss !== undefined)
    .toSorted((a, b) => loss(a) - loss(b))[0];
}
