import {
  bestScores,
  type JobTiming,
  type Outcome,
  type Report,
  type ReportAnswer,
  scoreGoals,
  timePhases,
} from '@descent/contracts';
import { DescentError } from '@descent/errors';
import {
  appendEvents,
  bookUsage,
  changeJob,
  type Database,
  dropCheckpointsAfter,
  holdsArtifact,
  type JobChange,
  type JobRecord,
  putLayers,
  putPoints,
  putQuarantined,
  putSparkline,
  putTiming,
  putTrace,
  setCheckpointScores,
} from '@descent/storage';
import type { Context } from '../context.ts';
import { bestOfAllPoints } from './best-of-all-points.ts';
import type { JobStimulus } from './job-state.ts';
import { moveJob } from './move-job.ts';
import { requireJob } from './require-job.ts';

/**
 * Stores all of a report or nothing. One that was stored before (a retry after a lost answer) changes nothing and is
 * answered alike, also after its outcome has ended the job.
 * @throws DescentError JOB_NOT_FOUND, INCARNATION_STALE, REQUEST_INVALID (weights that were never stored)
 */
export async function storeReport(context: Context, jobId: string, report: Report): Promise<ReportAnswer> {
  const { repeated, wanted, stateChanged, job } = await context.db
    .transaction()
    .execute(async (transaction) => {
      const job = await requireJob(transaction, jobId);
      if (report.incarnation !== job.incarnation) throw stale(context, job, report);
      if (report.serial <= job.reportSerial) {
        return { repeated: true, wanted: job.wanted, stateChanged: false, job };
      }
      const stored = await store(transaction, context, job, report);
      return { repeated: false, wanted: stored.wanted, stateChanged: stored.state !== job.state, job };
    });
  context.metrics.reports.inc({ answer: repeated ? 'repeated' : 'stored' });
  if (!repeated) {
    context.metrics.metricPoints.inc(report.points.length);
    if (report.timing !== undefined) observeTiming(context.metrics, report.timing);
    context.feeds.announce(jobId);
  }
  if (stateChanged) context.wakeDispatcher();
  if (report.outcome !== null || report.demand === undefined) {
    context.books.forgetDemand(jobId);
    return { wanted };
  }
  const orders = await context.books.ordersFor({
    id: jobId,
    team: job.teamId,
    priority: job.priority,
    demand: report.demand,
  });
  return { wanted, ...orders };
}

async function store(db: Database, context: Context, job: JobRecord, report: Report): Promise<JobRecord> {
  const nowMs = context.clock();
  const best = bestScores(job.best, report.points, scoreGoals(job.request.model));
  const alive = await moveJob(db, job, {
    stimulus: { type: 'report', computing: report.progress.workers > 0 },
    reason:
      report.progress.workers > 0 ? 'Workers compute its gradients' : 'Its parameter server reported again',
    nowMs,
    change: {
      heardAtMs: nowMs,
      reportSerial: report.serial,
      ...(report.progress.step > job.progress.step ? { progressedAtMs: nowMs } : {}),
      ...newsOf(report),
      ...(best !== null && { best }),
    },
  });
  if (alive === null) throw stale(context, job, report);
  await bookWork(db, context, job, report, nowMs);
  await putPoints(db, job.id, report.points);
  if (best === null) await changeJob(db, alive, { best: await bestOfAllPoints(db, job) });
  await putLayers(db, job.id, report.points);
  await putSparkline(db, job.id, report.points, report.progress.steps);
  for (const point of report.points) {
    if (point.split === 'validation') await setCheckpointScores(db, job.id, point.step, point.values);
  }
  await appendEvents(db, job.id, report.events);
  for (const found of report.quarantined ?? []) {
    await putQuarantined(db, job.id, found);
    // Their files are let go of with the next checkpoint.
    if (found.since !== null) await dropCheckpointsAfter(db, job.id, found.since);
  }
  if (report.timing !== undefined) await putTiming(db, job.id, report.timing);
  if (report.trace !== undefined) await putTrace(db, job.id, report.trace);
  return report.outcome === null ? alive : leave(db, alive, report.outcome, nowMs);
}

/** The workers of the report before, for the time since; a silence was no work. */
async function bookWork(
  db: Database,
  context: Context,
  job: JobRecord,
  report: Report,
  nowMs: number,
): Promise<void> {
  const { silenceMs } = context.limits;
  const fromMs = Math.max(job.heardAtMs ?? nowMs, nowMs - silenceMs);
  const workerSeconds = (job.progress.workers * Math.max(0, nowMs - fromMs)) / 1000;
  if (workerSeconds === 0) return;
  const [from, to] = [fromMs, nowMs].map((ms) => new Date(ms).toISOString()) as [string, string];
  await bookUsage(db, { job: job.id, team: job.teamId, from, to, workerSeconds });
  const steps = Math.max(0, report.progress.step - job.progress.step);
  context.books.book(job.teamId, { workerSeconds, flops: steps * job.price.flopsPerStep });
}

async function leave(db: Database, job: JobRecord, outcome: Outcome, nowMs: number): Promise<JobRecord> {
  if (outcome.state === 'succeeded' && !(await holdsArtifact(db, job.id, outcome.weightsHash))) {
    throw new DescentError('REQUEST_INVALID', {
      path: 'outcome.weightsHash',
      problem: 'no weights with this hash were stored for the job',
    });
  }
  const { stimulus, reason, change } = departureOf(outcome);
  const left = await moveJob(db, job, { stimulus, reason, nowMs, change });
  if (left === null) {
    throw new DescentError('JOB_STATE_CONFLICT', { jobId: job.id, state: job.state, action: outcome.state });
  }
  return left;
}

function departureOf(outcome: Outcome): { stimulus: JobStimulus; reason: string; change: JobChange } {
  switch (outcome.state) {
    case 'succeeded':
      return {
        stimulus: { type: 'succeed' },
        reason: 'All steps are done',
        change: { weightsHash: outcome.weightsHash, ledgerHash: outcome.ledgerHash },
      };
    case 'failed':
      return {
        stimulus: { type: 'fail' },
        reason: outcome.error.message,
        change: { error: outcome.error },
      };
    case 'cancelled':
      return { stimulus: { type: 'stop' }, reason: 'Cancelled on request', change: {} };
    case 'paused':
      return { stimulus: { type: 'stop' }, reason: `Paused on request at step ${outcome.step}`, change: {} };
    case 'queued':
      return { stimulus: { type: 'lose' }, reason: outcome.reason, change: {} };
    default:
      return outcome satisfies never;
  }
}

/** One observation per report and phase: the mean of the latest steps. */
function observeTiming({ phaseSeconds }: Context['metrics'], { phases }: JobTiming): void {
  for (const phase of timePhases) phaseSeconds.observe({ phase }, phases[phase] / 1000);
}

function newsOf(report: Report): JobChange {
  const train = report.points.findLast((point) => point.split === 'train');
  const validation = report.points.findLast((point) => point.split === 'validation');
  return {
    progress: report.progress,
    ...(report.numericsClass === null ? {} : { numericsClass: report.numericsClass }),
    ...(train === undefined ? {} : { latest: train.values }),
    ...(validation === undefined ? {} : { validation: validation.values }),
  };
}

function stale(context: Context, job: JobRecord, report: Report): DescentError {
  context.metrics.reports.inc({ answer: 'refused' });
  return new DescentError('INCARNATION_STALE', {
    jobId: job.id,
    current: job.incarnation,
    given: report.incarnation,
    state: job.state,
  });
}
