import type { Job } from '@descent/client';
import { formatBytes, formatCount, formatScore } from '../format/number.ts';
import { mainScore, metricLabel } from '../jobs/summary.ts';
import { useClient } from '../session/session.ts';
import { Card } from '../ui/card.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { DownloadButton } from './download-button.tsx';
import { useCheckpoints } from './use-checkpoints.ts';

/** Newest first. Refreshed by the checkpoint events of the job. */
export function CheckpointList({ job }: { readonly job: Job }) {
  const client = useClient();
  const { data: checkpoints, error } = useCheckpoints(job.id);
  const metric = mainScore(job);
  return (
    <Card title="Checkpoints">
      <div className="px-4 pb-3">
        {error !== null && <FailureNotice error={error} />}
        {checkpoints?.length === 0 && <p className="pb-1 text-ink-faint">None written yet.</p>}
        <ul className="max-h-72 overflow-y-auto">
          {checkpoints?.map((checkpoint) => (
            <li
              key={checkpoint.id}
              className="flex min-h-9 items-center gap-3 border-t border-line first:border-t-0"
            >
              <span className="whitespace-nowrap tabular-nums">step {formatCount(checkpoint.step)}</span>
              <span className="min-w-0 truncate text-sm text-ink-faint tabular-nums">
                {formatBytes(checkpoint.bytes)}
                {checkpoint.validation !== null &&
                  ` · val. ${metricLabel(metric)} ${formatScore(metric, checkpoint.validation[metric])}`}
              </span>
              <span className="ml-auto">
                <DownloadButton
                  name={`checkpoint of step ${checkpoint.step}`}
                  fileName={`${job.id}-${checkpoint.id}.safetensors`}
                  open={() => client.jobs.downloadCheckpoint(job.id, checkpoint.id)}
                />
              </span>
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
