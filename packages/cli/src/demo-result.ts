import type { Job, JobState } from '@descent/contracts';
import { count, decimal, percent, table } from './format.ts';
import type { Stack } from './stack/start-stack.ts';

/** The one line of `descent demo --json`. */
export interface DemoResult {
  readonly jobId: string;
  readonly state: JobState;
  /** Means over the test samples; null when the job ended before it was evaluated. */
  readonly validation: { readonly accuracy: number | null; readonly loss: number | null } | null;
  readonly weightsHash: string | null;
  readonly steps: number;
  readonly workers: number;
  /** From the first to the last moment of training. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
}

export function createDemoResult(job: Job, workers: number): DemoResult {
  const { progress, validation, price, request } = job;
  const seconds =
    job.startedAt === null || job.endedAt === null
      ? 0
      : (Date.parse(job.endedAt) - Date.parse(job.startedAt)) / 1000;
  // The last mini-batch of an epoch may be smaller: the share of an epoch that was done is exact, the batch is not.
  const samples = Math.min(progress.step, price.steps) * request.training.batchSize;
  return {
    jobId: job.id,
    state: job.state,
    validation:
      validation === null ? null : { accuracy: validation.accuracy ?? null, loss: validation.loss ?? null },
    weightsHash: job.receipt.weightsHash,
    steps: progress.step,
    workers,
    seconds,
    samplesPerSecond: seconds > 0 ? Math.round((samples / seconds) * 10) / 10 : 0,
  };
}

export function describeDemoResult(job: Job, result: DemoResult, { url, token }: Stack): string {
  const { validation, error } = job;
  const { accuracy, loss, ...others } = validation ?? {};
  const facts: (readonly [string, string | null])[] = [
    ['error', error && `${error.code}: ${error.message}`],
    ['advice', error?.advice ?? null],
    ['test accuracy', accuracy === undefined ? null : percent(accuracy)],
    ['test loss', loss === undefined ? null : decimal(loss)],
    ...Object.entries(others).map(([name, value]) => [`test ${name}`, decimal(value)] as const),
    ['weights hash', result.weightsHash],
    [
      'steps',
      `${count(result.steps)} in ${result.seconds.toFixed(1)} s, ${count(result.samplesPerSecond)} samples/s`,
    ],
    ['dashboard', token === null ? `${url}/` : `${url}/#token=${token}`],
    ['API docs', `${url}/docs`],
  ];
  const rows = facts.flatMap(([name, value]) => (value === null ? [] : [[`  ${name}`, value]]));
  return `Job ${job.id} ${job.state}.\n${table(rows)}`;
}
