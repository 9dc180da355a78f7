import type { ClusterWorker, WorkerAction } from '@descent/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { formatAge } from '../format/duration.ts';
import { formatCompact, missing } from '../format/number.ts';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { PlainTable } from '../ui/plain-table.tsx';
import { clusterKey } from './use-cluster.ts';

const looks: Record<ClusterWorker['state'], string> = {
  active: 'bg-good-back text-good',
  paused: 'bg-warn-back text-warn',
  draining: 'bg-busy-back text-busy',
  left: 'bg-idle-back text-idle',
  lost: 'bg-bad-back text-bad',
};

const offered: Record<ClusterWorker['state'], readonly WorkerAction[]> = {
  active: ['pause', 'drain'],
  paused: ['resume', 'drain'],
  draining: ['resume'],
  left: [],
  lost: [],
};

const words: Record<WorkerAction, string> = { pause: 'Pause', resume: 'Resume', drain: 'Drain' };

interface WorkersCardProps {
  readonly workers: readonly ClusterWorker[];
  /** Names of jobs by id, as far as they are known. */
  readonly names: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

export function WorkersCard({ workers, names, nowMs }: WorkersCardProps) {
  const client = useClient();
  const queryClient = useQueryClient();
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: clusterKey });
  const steer = useMutation({
    mutationFn: ({ id, action }: { readonly id: string; readonly action: WorkerAction }) =>
      client.cluster.steerWorker(id, action),
    onSuccess,
  });
  const remove = useMutation({ mutationFn: (id: string) => client.cluster.removeWorker(id), onSuccess });
  const failed = steer.error ?? remove.error;
  return (
    <Card title={`Workers (${workers.length})`}>
      {failed !== null && (
        <div className="px-4 pb-3">
          <FailureNotice error={failed} />
        </div>
      )}
      <PlainTable
        label="Workers"
        columns={['worker', 'state', 'device', 'load', 'samples/s#', 'job', 'heard of', '(steer)']}
      >
        {workers.map((worker) => (
          <tr key={worker.id}>
            <th scope="row" className="max-w-56 truncate" title={`${worker.name} · ${worker.numericsClass}`}>
              {worker.name}
              <span className="block truncate text-sm text-ink-faint">
                {worker.owner === null ? 'of the installation' : `of ${worker.owner.name}`}
              </span>
            </th>
            <td>
              <span className={`rounded-full px-2 py-0.5 text-sm font-medium ${looks[worker.state]}`}>
                {worker.state}
              </span>
            </td>
            <td>
              {worker.engine} · {worker.device}
              <span className="block text-sm text-ink-faint">
                {worker.threads === 1 ? '1 thread' : `${worker.threads} threads`}
              </span>
            </td>
            <td>
              <Load share={worker.load} />
            </td>
            <td className="text-right tabular-nums">
              {worker.samplesPerSecond > 0 ? formatCompact(worker.samplesPerSecond) : missing}
            </td>
            <td>
              {worker.job === null ? (
                missing
              ) : (
                <Link
                  href={`/jobs/${worker.job}`}
                  className="block max-w-56 truncate text-accent underline"
                  title={names.get(worker.job) ?? worker.job}
                >
                  {names.get(worker.job) ?? `…${worker.job.slice(-8)}`}
                </Link>
              )}
            </td>
            <td className="text-ink-soft">{formatAge(worker.heardAt, nowMs)}</td>
            <td>
              {worker.mine && (
                <span className="flex justify-end gap-1">
                  {offered[worker.state].map((action) => (
                    <Button
                      key={action}
                      look="quiet"
                      className="min-h-7 px-2 py-0.5 text-sm"
                      aria-label={`${words[action]} ${worker.name}`}
                      disabled={steer.isPending}
                      onClick={() => steer.mutate({ id: worker.id, action })}
                    >
                      {words[action]}
                    </Button>
                  ))}
                  {(worker.state === 'lost' || worker.state === 'left') && (
                    <Button
                      look="quiet"
                      className="min-h-7 px-2 py-0.5 text-sm"
                      aria-label={`Forget ${worker.name}`}
                      onClick={() => remove.mutate(worker.id)}
                    >
                      Forget
                    </Button>
                  )}
                </span>
              )}
            </td>
          </tr>
        ))}
      </PlainTable>
    </Card>
  );
}

function Load({ share }: { readonly share: number }) {
  return (
    <span className="flex items-center gap-2 tabular-nums">
      <span aria-hidden="true" className="block h-1.5 w-16 overflow-hidden rounded-full bg-sunken">
        <span className="block h-full rounded-full bg-accent" style={{ width: `${share * 100}%` }} />
      </span>
      {Math.round(share * 100)}%
    </span>
  );
}
