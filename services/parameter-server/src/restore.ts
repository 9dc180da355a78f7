import type { ClaimAnswer } from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import { initializeParameters, type ParameterLayout } from '@descent/models';
import { decodeCheckpoint } from './checkpoint.ts';
import { emptyLedger } from './ledger.ts';
import type { StartPoint } from './training-state.ts';
import type { Truth } from './truth.ts';

export interface RestoreOptions {
  readonly truth: Truth;
  readonly claim: ClaimAnswer;
  readonly layout: ParameterLayout;
  /** A checkpoint was damaged; the next older one is tried. */
  onDamaged(error: Error): void;
}

/** The newest checkpoint that verifies, or the initial parameters from the plan's seed. */
export async function restore({ truth, claim, layout, onDamaged }: RestoreOptions): Promise<StartPoint> {
  const { jobId, graphHash, seed } = claim.plan;
  for (const { step } of claim.checkpoints) {
    try {
      const file = await truth.getCheckpoint(jobId, step);
      return decodeCheckpoint(layout, graphHash, { jobId, step }, file);
    } catch (error) {
      if (!isDescentError(error, 'CHECKPOINT_DAMAGED') && !isDescentError(error, 'CHECKPOINT_NOT_FOUND'))
        throw error;
      onDamaged(error);
    }
  }
  return {
    version: 0,
    ledgerHash: emptyLedger,
    evaluated: undefined,
    parameters: initializeParameters(layout, seed),
    slots: undefined,
  };
}
