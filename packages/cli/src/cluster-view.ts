import type { ClusterWorker, Job } from '@descent/contracts';
import { count, decimal, duration, percent, sparkline, table } from './format.ts';
import { plainText } from './plain-text.ts';

const active = ['running', 'preparing', 'queued', 'paused'] as const;
export type ActiveState = (typeof active)[number];

/** What a cluster does at one moment, as text of at most `rows` lines, each of at most `columns` characters. */
export function describeCluster(
  { jobs, workers }: { readonly jobs: readonly Job[]; readonly workers: readonly ClusterWorker[] },
  { url, rows, columns }: { readonly url: string; readonly rows: number; readonly columns: number },
): string {
  const of = (state: ActiveState) => jobs.filter((job) => job.state === state);
  const running = [...of('running'), ...of('preparing')];
  const waiting = [...of('queued')].sort((a, b) => (a.queuePosition ?? 0) - (b.queuePosition ?? 0));
  const sum = (read: (job: Job) => number) => running.reduce((total, job) => total + read(job), 0);
  const head = [
    url,
    `${running.length} running`,
    `${waiting.length} waiting`,
    `${of('paused').length} paused`,
    `${sum(({ progress }) => progress.workers)} workers computing`,
    `${count(sum(({ progress }) => progress.samplesPerSecond))} samples/s`,
  ].join('  ');
  const runningRows = running.map((job) => [
    job.id,
    plainText(job.name).slice(0, 28),
    job.owner?.name ?? '–',
    percent(job.progress.step / Math.max(1, job.progress.steps)),
    sparkline(job.sparkline ?? [], 12),
    job.latest?.loss === undefined ? '–' : decimal(job.latest.loss),
    String(job.progress.workers),
    `${count(job.progress.samplesPerSecond)}/s`,
    job.progress.etaSeconds === null ? '–' : duration(job.progress.etaSeconds),
  ]);
  const nameOf = new Map(jobs.map(({ id, name }) => [id, plainText(name).slice(0, 28)]));
  const workerRows = workers
    .toSorted((a, b) => b.load - a.load || a.name.localeCompare(b.name))
    .map((worker) => [
      plainText(worker.name).slice(0, 28),
      worker.state,
      `${worker.engine} ${worker.device}`,
      `${bar(worker.load, 10)} ${percentOf(worker.load)}`,
      `${count(Math.round(worker.samplesPerSecond))}/s`,
      worker.job === null ? '–' : (nameOf.get(worker.job) ?? worker.job),
    ]);
  const waitingRows = waiting.map((job) => [
    job.id,
    plainText(job.name).slice(0, 28),
    String(job.queuePosition ?? '–'),
    plainText(job.waiting?.message ?? job.reason),
  ]);
  const parts = [
    head,
    ...(runningRows.length === 0
      ? []
      : [
          '',
          table([
            ['running', 'name', 'owner', 'done', 'loss', '', 'workers', 'samples', 'ETA'],
            ...runningRows,
          ]),
        ]),
    ...(workerRows.length === 0
      ? []
      : ['', table([['worker', 'state', 'computes on', 'load', 'samples', 'job'], ...workerRows])]),
    ...(waitingRows.length === 0
      ? []
      : ['', table([['waiting', 'name', 'before it', 'why'], ...waitingRows])]),
  ];
  const lines = parts.join('\n').split('\n');
  const shown =
    lines.length > rows ? [...lines.slice(0, rows - 1), `… ${lines.length - rows + 1} more lines`] : lines;
  return shown.map((line) => [...line].slice(0, columns).join('')).join('\n');
}

function percentOf(share: number): string {
  return `${Math.round(share * 100)} %`.padStart(5);
}

/** `████░░░░░░` */
function bar(share: number, cells: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * cells);
  return '█'.repeat(full) + '░'.repeat(cells - full);
}

export { active as activeStates };
