import type { ClaimAnswer } from '@descent/contracts';
import { type ErrorCode, isDescentError } from '@descent/errors';
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

/** What is wrong with one checkpoint says nothing about the one before it. */
const unusable: ReadonlySet<ErrorCode> = new Set([
  'ARTIFACT_DAMAGED',
  'ARTIFACT_NOT_FOUND',
  'CHECKPOINT_DAMAGED',
  'CHECKPOINT_NOT_FOUND',
]);

/** The newest checkpoint that verifies, or the initial parameters from the plan's seed. */
export async function restore({ truth, claim, layout, onDamaged }: RestoreOptions): Promise<StartPoint> {
  const { jobId, graphHash, seed } = claim.plan;
  for (const { step } of claim.checkpoints) {
    try {
      const file = await truth.getCheckpoint(jobId, step);
      return decodeCheckpoint(layout, graphHash, { jobId, step }, file);
    } catch (error) {
      if (!isDescentError(error) || !unusable.has(error.code)) throw error;
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
