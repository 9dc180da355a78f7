import type { ClusterQueue, ClusterWorker } from '@descent/client';
import { useEffect } from 'react';
import { formatBytes, formatCompact } from '../format/number.ts';
import { Card } from '../ui/card.tsx';
import { CommandLine } from '../ui/command-line.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { Meter } from '../ui/meter.tsx';
import { Notice } from '../ui/notice.tsx';
import { QueueCard } from './queue-card.tsx';
import { SharesCard } from './shares-card.tsx';
import { useQueue, useWorkers } from './use-cluster.ts';
import { WorkersCard } from './workers-card.tsx';

/** Who computes, who waits and why, and how the workers are shared. */
export default function ClusterPage() {
  const { data: workers, error: workersError, dataUpdatedAt, refetch } = useWorkers();
  const { data: queue, error: queueError, refetch: refetchQueue } = useQueue();

  useEffect(() => {
    document.title = 'Cluster · Descent';
  }, []);

  const error = workersError ?? queueError;
  if (error !== null || workers === undefined || queue === undefined) {
    const retry = () => void Promise.all([refetch(), refetchQueue()]);
    return (
      <div className="space-y-4">
        <h1 className="text-2xl font-semibold">Cluster</h1>
        {error === null ? <Loading what="cluster" /> : <FailureNotice error={error} onRetry={retry} />}
      </div>
    );
  }
  const names = new Map(queue.running.map(({ job, name }) => [job, name]));
  return (
    <div className="space-y-4">
      <h1 className="text-2xl font-semibold">Cluster</h1>
      {queue.paused && <Notice tone="warn">A maintenance lasts: jobs wait with a checkpoint.</Notice>}
      <Figures workers={workers} queue={queue} />
      {workers.length === 0 && <NoWorkers />}
      {workers.length > 0 && <WorkersCard workers={workers} names={names} nowMs={dataUpdatedAt} />}
      <QueueCard queue={queue} nowMs={dataUpdatedAt} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <SharesCard shares={queue.shares} />
        <ServersCard servers={queue.servers} />
      </div>
    </div>
  );
}

function Figures({
  workers,
  queue,
}: {
  readonly workers: readonly ClusterWorker[];
  readonly queue: ClusterQueue;
}) {
  const rate = workers.reduce((sum, { samplesPerSecond }) => sum + samplesPerSecond, 0);
  const running = queue.running.length + queue.others.running;
  const waiting = queue.waiting.length + queue.others.waiting;
  const figures = [
    ['workers that take work', String(queue.workers)],
    ['samples per second', formatCompact(rate)],
    ['jobs that run', `${running} of ${queue.places.all} places`],
    ['jobs that wait', String(waiting)],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-4">
      {figures.map(([label, value]) => (
        <div key={label} className="min-w-0 bg-surface px-4 py-3">
          <dt className="truncate text-sm text-ink-faint">{label}</dt>
          <dd className="truncate text-xl font-semibold tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function NoWorkers() {
  return (
    <div className="rounded-xl border border-dashed border-line-strong px-4 py-10 text-center">
      <h2 className="text-lg font-semibold">No worker is there</h2>
      <p className="mt-1 mb-5 text-ink-soft">Jobs wait until one joins. Start one on any machine:</p>
      <div className="mx-auto max-w-lg">
        <CommandLine command={`descent worker --server ${window.location.origin} --token dsc_…`} />
      </div>
    </div>
  );
}

function ServersCard({ servers }: { readonly servers: ClusterQueue['servers'] }) {
  return (
    <Card title={`Parameter servers (${servers.length})`}>
      <ul className="space-y-3 px-4 pb-4">
        {servers.map(({ name, jobs, memoryBytes, memoryUsedBytes }) => (
          <li key={name}>
            <Meter
              label={`${name} · ${jobs === 1 ? '1 job' : `${jobs} jobs`}`}
              value={memoryUsedBytes}
              limit={memoryBytes}
              format={formatBytes}
            />
          </li>
        ))}
        {servers.length === 0 && <li className="text-ink-faint">None is there: no job can start.</li>}
      </ul>
    </Card>
  );
}
