import { createHash } from 'node:crypto';
import type { ClaimAnswer, TrainingPlan } from '@descent/contracts';
import { DescentError, type ErrorCode, isDescentError } from '@descent/errors';
import { initializeParameters, isState, type ParameterLayout } from '@descent/models';
import { decodeSafetensors, formatShape } from '@descent/tensors';
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

/**
 * The newest checkpoint that verifies, or what the job starts from: another job's checkpoint, an imported
 * model's weights, the plan's seed.
 */
export async function restore({ truth, claim, layout, onDamaged }: RestoreOptions): Promise<StartPoint> {
  const { jobId, graphHash } = claim.plan;
  for (const { step } of claim.checkpoints) {
    try {
      const file = await truth.getCheckpoint(jobId, step);
      return decodeCheckpoint(layout, graphHash, { jobId, step }, file);
    } catch (error) {
      if (!isDescentError(error) || !unusable.has(error.code)) throw error;
      onDamaged(error);
    }
  }
  const { forkOf } = claim.plan;
  if (forkOf !== undefined) return forkPoint(truth, claim.plan, layout, forkOf);
  return {
    version: 0,
    ledgerHash: emptyLedger,
    evaluated: undefined,
    parameters: await initialParameters(truth, claim.plan, layout),
    slots: undefined,
  };
}

/** The one file that a fork starts from: without it there is nothing to go back to. Its scores were of other data. */
async function forkPoint(
  truth: Truth,
  { graphHash }: TrainingPlan,
  layout: ParameterLayout,
  forkOf: NonNullable<TrainingPlan['forkOf']>,
): Promise<StartPoint> {
  const file = await truth.getArtifact(forkOf.hash);
  if (createHash('sha256').update(file).digest('hex') !== forkOf.hash) {
    throw new DescentError('CHECKPOINT_DAMAGED', { ...forkOf, problem: 'it does not match its hash' });
  }
  return { ...decodeCheckpoint(layout, graphHash, forkOf, file), evaluated: undefined };
}

async function initialParameters(
  truth: Truth,
  { seed, initialWeights }: TrainingPlan,
  layout: ParameterLayout,
): Promise<Float32Array> {
  const parameters = initializeParameters(layout, seed);
  if (initialWeights === undefined) return parameters;
  const { tensors } = decodeSafetensors(await truth.getArtifact(initialWeights.hash));
  for (const entry of layout.entries) {
    const { name, shape, offset } = entry;
    const stored = tensors.get(name);
    const wanted = initialWeights.of === 'all' || (!entry.trainable && !isState(entry));
    if (stored === undefined || !wanted) continue;
    if (!(stored.data instanceof Float32Array) || stored.shape.join() !== shape.join()) {
      const problem = `"${name}" is ${stored.dtype} ${formatShape(stored.shape)}, not float32 ${formatShape(shape)}`;
      throw new DescentError('SAFETENSORS_INVALID', { problem });
    }
    parameters.set(stored.data, offset);
  }
  return parameters;
}
