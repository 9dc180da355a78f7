import type { Checkpoint, Job } from '@descent/client';
import { useState } from 'react';
import { Link } from 'wouter';
import { formatAge } from '../format/duration.ts';
import { formatBytes, formatCount, formatScore, missing } from '../format/number.ts';
import { mainScore, metricLabel } from '../jobs/summary.ts';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { bestCheckpoint } from './best-checkpoint.ts';
import { DownloadButton } from './download-button.tsx';
import { ForkDialog } from './fork-dialog.tsx';
import { useCheckpoints } from './use-checkpoints.ts';

interface CheckpointListProps {
  readonly job: Job;
  readonly nowMs: number;
}

/** Newest first. Refreshed by the checkpoint events of the job. */
export function CheckpointList({ job, nowMs }: CheckpointListProps) {
  const client = useClient();
  const { data: checkpoints, error } = useCheckpoints(job.id);
  const [forked, setForked] = useState<Checkpoint | null>(null);
  const metric = mainScore(job);
  const best = bestCheckpoint(checkpoints ?? []);
  return (
    <Card title="Checkpoints">
      {error !== null && <FailureNotice error={error} />}
      {checkpoints?.length === 0 && (
        <p className="px-4 pb-4 text-ink-faint">
          None written yet: the first comes at the end of an epoch, or after 200 steps.
        </p>
      )}
      {checkpoints !== undefined && checkpoints.length > 0 && (
        <div className="relative overflow-x-auto">
          <table className="w-full text-left whitespace-nowrap tabular-nums">
            <thead className="text-sm text-ink-faint">
              <tr className="border-b border-line">
                <th className="px-4 py-1.5 font-normal">after step</th>
                <th className="px-4 py-1.5 text-right font-normal">val. loss</th>
                {metric !== 'loss' && (
                  <th className="px-4 py-1.5 text-right font-normal">val. {metricLabel(metric)}</th>
                )}
                <th className="px-4 py-1.5 text-right font-normal max-sm:hidden">size</th>
                <th className="px-4 py-1.5 text-right font-normal max-sm:hidden">written</th>
                <th className="px-4 py-1.5 font-normal">
                  <span className="sr-only">what to do with it</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {checkpoints.map((checkpoint, index) => (
                <tr key={checkpoint.id} className="border-b border-line last:border-b-0">
                  <th scope="row" className="px-4 py-1.5 font-normal">
                    {formatCount(checkpoint.step)}
                    {checkpoint === best && <Badge look="bg-good-back text-good">best</Badge>}
                    {index === 0 && <Badge look="bg-idle-back text-idle">last</Badge>}
                  </th>
                  <td className="px-4 py-1.5 text-right">{score(checkpoint, 'loss')}</td>
                  {metric !== 'loss' && (
                    <td className="px-4 py-1.5 text-right">{score(checkpoint, metric)}</td>
                  )}
                  <td className="px-4 py-1.5 text-right max-sm:hidden">{formatBytes(checkpoint.bytes)}</td>
                  <td className="px-4 py-1.5 text-right text-ink-soft max-sm:hidden">
                    {formatAge(checkpoint.createdAt, nowMs)}
                  </td>
                  <td className="px-3 py-1.5">
                    <span className="flex justify-end gap-1">
                      <Button
                        look="quiet"
                        className="min-h-7 px-2 py-0.5 text-sm"
                        aria-label={`Fork from step ${checkpoint.step}`}
                        onClick={() => setForked(checkpoint)}
                      >
                        Fork
                      </Button>
                      <Link
                        href={`/jobs/${job.id}/graph?at=${checkpoint.step}`}
                        aria-label={`Graph after step ${checkpoint.step}`}
                        className="inline-flex min-h-7 items-center rounded-lg px-2 py-0.5 text-sm font-medium text-ink-soft hover:bg-sunken hover:text-ink"
                      >
                        Graph
                      </Link>
                      <Link
                        href={`/jobs/${job.id}/predict?at=${checkpoint.step}`}
                        aria-label={`Predict after step ${checkpoint.step}`}
                        className="inline-flex min-h-7 items-center rounded-lg px-2 py-0.5 text-sm font-medium text-ink-soft hover:bg-sunken hover:text-ink"
                      >
                        Predict
                      </Link>
                      <DownloadButton
                        name={`checkpoint of step ${checkpoint.step}`}
                        fileName={`${job.id}-${checkpoint.id}.safetensors`}
                        open={() => client.jobs.downloadCheckpoint(job.id, checkpoint.id)}
                      />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {forked !== null && <ForkDialog job={job} checkpoint={forked} onClose={() => setForked(null)} />}
    </Card>
  );
}

function Badge({ look, children }: { readonly look: string; readonly children: string }) {
  return <span className={`ml-2 rounded-full px-2 py-0.5 text-xs font-medium ${look}`}>{children}</span>;
}

function score({ validation }: Checkpoint, metric: string): string {
  return validation === null ? missing : formatScore(metric, validation[metric]);
}
