import { type Estimate, JobCreate, JobFromModel, type TrainingPlan, validate } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import {
  countOpenJobs,
  type Database,
  holdArtifacts,
  type JobRecord,
  type TokenRecord,
} from '@descent/storage';
import type { Context } from '../context.ts';
import { requireVisible } from '../http/objects.ts';
import { requireModel } from '../models/require-model.ts';
import { resolveModel } from '../models/resolve-model.ts';
import { estimateJob } from './estimate-job.ts';
import { planJob } from './plan-job.ts';
import { findEarlier, idempotentRequest, storeJob } from './store-job.ts';

export interface Submission {
  readonly body: unknown;
  readonly dryRun: boolean;
  readonly caller: TokenRecord;
  readonly idempotencyKey: string | null;
}

/** Checks, compiles and prices a request, then stores the job: on any error nothing is left. */
export async function submitJob(
  context: Context,
  submission: Submission,
): Promise<{ job: JobRecord; created: boolean; estimate: Estimate | null }> {
  const request = isFromModel(submission.body)
    ? validate(JobFromModel, submission.body)
    : validate(JobCreate, submission.body);
  const idempotent = submission.dryRun ? null : idempotentRequest(submission, request);
  const earlier = idempotent === null ? null : await findEarlier(context.db, idempotent);
  if (earlier !== null) return { job: earlier, created: false, estimate: null };
  // Before anything is compiled: a flood of submissions must cost little.
  if (!submission.dryRun) await requireRoom(context, submission.caller.teamId);

  const resolved = await resolve(context.db, request, submission.caller);
  const { job, plan } = await planJob(context, resolved.request, submission.caller, resolved.initialWeights);
  if (submission.dryRun) {
    const maxWorkers = Math.min(plan.request.maxWorkers ?? plan.microBatches, plan.microBatches);
    return { job, created: false, estimate: await estimateJob(context, job, maxWorkers) };
  }

  const stored = await storeJob(context, {
    job,
    plan,
    memberId: submission.caller.memberId,
    idempotent,
    created: {},
    async hold(transaction) {
      if (plan.initialWeights === undefined) return;
      // Of the model: it must not have been deleted meanwhile, nor may it be from here on.
      const { from } = (request as JobFromModel).model;
      await requireModel(transaction, from);
      const { hash } = plan.initialWeights;
      const bytes = (await context.artifacts.size(hash)) ?? 0;
      await holdArtifacts(transaction, `${job.id}/initial`, [{ hash, bytes }]);
    },
  });
  return { ...stored, estimate: null };
}

/** @throws DescentError TOO_MANY_QUEUED */
export async function requireRoom({ db, limits }: Context, team: string): Promise<void> {
  const limit = limits.openJobsPerTeam;
  if ((await countOpenJobs(db, team)) >= limit) throw new DescentError('TOO_MANY_QUEUED', { limit });
}

function isFromModel(body: unknown): boolean {
  const model = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
  return typeof model === 'object' && model !== null && 'from' in model;
}

/** The spec of an imported model is written out, so that a job needs nothing but its plan and its files. */
async function resolve(
  db: Database,
  request: JobCreate | JobFromModel,
  caller: TokenRecord,
): Promise<{ request: JobCreate; initialWeights: TrainingPlan['initialWeights'] }> {
  const { model, ...rest } = request;
  if (!('from' in model)) return { request: { ...rest, model }, initialWeights: undefined };
  await requireVisible(db, 'model', model.from, caller);
  const { spec, initialWeights } = resolveModel(await requireModel(db, model.from), model);
  return { request: { ...rest, model: spec }, initialWeights };
}
