import type { BestScores, Estimate, Job, ScoreTable } from '@descent/contracts';
import { count, decimal, progressLine, scores, table } from './format.ts';

/** Everything about a job that people ask for, one fact a line. */
export function describeJob(job: Job): string {
  const { receipt, error, price, progress } = job;
  const facts: (readonly [string, string | null])[] = [
    ['job', job.id],
    ['name', job.name],
    ['state', `${job.state} (${job.reason})`],
    ['position', job.queuePosition === null ? null : `${job.queuePosition} before it`],
    ['waits', job.waiting?.message ?? null],
    ['starts', job.waiting?.estimatedStart ?? null],
    ['what if', job.waiting?.whatIf?.message ?? null],
    ['progress', progressLine({ ...job, state: 'running' })],
    ['training', job.latest && scores(job.latest)],
    ['validation', job.validation && scores(job.validation)],
    ['best', Object.keys(job.best).length === 0 ? null : bestScoresLine(job.best)],
    ['model', `${count(price.parameters)} parameters, ${decimal(price.flopsPerStep / 1e9)} GFLOP a step`],
    ['data', job.request.data.dataset],
    ['workers', progress.workers === 0 ? null : `${progress.workers} computing`],
    ['numerics', receipt.numericsClass],
    ['weights', receipt.weightsHash],
    ['error', error && `${error.code}: ${error.message}`],
    ['advice', error?.advice ?? null],
  ];
  const tables = Object.entries(job.tables ?? {}).map(([name, values]) => describeTable(name, values));
  return [table(facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]]))), ...tables].join(
    '\n\n',
  );
}

/** `loss 0.0912 (step 420), accuracy 97.12 % (step 400)` */
function bestScoresLine(best: BestScores): string {
  return Object.entries(best)
    .map(([name, { value, step }]) => `${scores({ [name]: value })} (step ${step})`)
    .join(', ');
}

/** A confusion matrix: labels down, guesses across. */
function describeTable(name: string, { rows, columns, values }: ScoreTable): string {
  const body = rows.map((row, index) => [row, ...(values[index] ?? []).map(count)]);
  return table([[name, ...columns], ...body]);
}

export function describePrice({
  price,
  layers,
  estimate,
}: Pick<Job, 'price' | 'layers' | 'estimate'>): string {
  const rows = layers.map(({ name, type, outputShape, parameters, flops }) => [
    name,
    type,
    `[${outputShape.join(', ')}]`,
    count(parameters),
    count(flops),
  ]);
  const mebibytes = (bytes: number) => `${decimal(bytes / 2 ** 20)} MiB`;
  return [
    table([['layer', 'type', 'output', 'parameters', 'FLOP a sample'], ...rows]),
    '',
    table([
      ['parameters', `${count(price.parameters)} (${mebibytes(price.parameterBytes)})`],
      ['steps', `${count(price.steps)} (${count(price.stepsPerEpoch)} an epoch)`],
      ['work', `${decimal(price.flopsPerStep / 1e9)} GFLOP a step`],
      [
        'memory',
        `${mebibytes(price.workerMemoryBytes)} a worker, ${mebibytes(price.serverMemoryBytes)} the parameter server`,
      ],
      ['traffic', `${mebibytes(price.wireBytesPerStep)} a step and worker`],
      ...(estimate === undefined ? [] : describeEstimate(estimate)),
    ]),
  ].join('\n');
}

function describeEstimate({ workerSeconds, waiting, estimatedFinish }: Estimate): [string, string][] {
  return [
    ...(workerSeconds === null
      ? []
      : [['takes', `${decimal(workerSeconds)} worker-seconds`] as [string, string]]),
    ['waits', waiting.message],
    ['starts', waiting.estimatedStart ?? 'cannot be foreseen'],
    ['done', estimatedFinish ?? 'cannot be foreseen'],
  ];
}
