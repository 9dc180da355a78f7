import type { ChosenParameters, Job, Mistakes } from '@descent/client';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';

const shown = 12;

/** Where a classifier is surest and wrong, on samples it was not trained on. Asked for on demand: it computes for a while. */
export function MistakesCard({
  job,
  checkpoint,
}: {
  readonly job: Job;
  readonly checkpoint: ChosenParameters;
}) {
  const client = useClient();
  const [wanted, setWanted] = useState(false);
  const { data, error, isFetching } = useQuery({
    queryKey: ['job', job.id, 'mistakes', checkpoint],
    queryFn: ({ signal }) => client.jobs.mistakes(job.id, { limit: shown, ...checkpoint, signal }),
    enabled: wanted,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Card title="Worst mistakes">
      <div className="space-y-3 px-4 pb-4">
        {data === undefined && (
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="text-sm text-ink-soft">
              Samples of the validation split that the model gets wrong, the surest ones first.
            </p>
            <Button disabled={isFetching} onClick={() => setWanted(true)}>
              {isFetching ? 'Looking…' : 'Find them'}
            </Button>
          </div>
        )}
        {error !== null && <FailureNotice error={error} />}
        {data !== undefined && <Found job={job} found={data} />}
      </div>
    </Card>
  );
}

function Found({
  job,
  found: { split, looked, wrong, mistakes },
}: {
  readonly job: Job;
  readonly found: Mistakes;
}) {
  return (
    <>
      <p className="text-sm text-ink-soft">
        {wrong} of {looked} samples of “{split}” are wrong ({((100 * wrong) / Math.max(1, looked)).toFixed(1)}
        %).
      </p>
      <MistakeList job={job} split={split} mistakes={mistakes} />
    </>
  );
}

interface MistakeListProps {
  readonly job: Job;
  readonly split: string;
  readonly mistakes: Mistakes['mistakes'];
}

function MistakeList({ job, split, mistakes }: MistakeListProps) {
  const client = useClient();
  const { dataset } = job.request.data;
  const previews = useQueries({
    queries: mistakes.map(({ sample }) => ({
      queryKey: ['dataset', dataset, 'preview', split, sample, 1],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        client.datasets.preview(dataset, { signal, split, offset: sample, count: 1 }),
      retry: false,
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
  return (
    <ul className="grid grid-cols-2 gap-3 sm:grid-cols-3">
      {mistakes.map(({ sample, label, guess, labelProbability, guessProbability }, place) => {
        const preview = previews[place]?.data;
        return (
          <li key={sample} className="min-w-0 rounded-lg border border-line p-2 text-sm">
            {preview?.images != null ? (
              <img
                src={`data:image/png;base64,${preview.images.png}`}
                alt={`Sample ${sample}`}
                className="mx-auto size-20 object-contain [image-rendering:pixelated]"
              />
            ) : (
              <p className="line-clamp-3 font-mono text-xs break-words text-ink-soft">
                {preview === undefined ? '…' : JSON.stringify(preview.rows[0] ?? {})}
              </p>
            )}
            <p className="mt-1 truncate" title={`is ${label}, taken for ${guess}`}>
              <span className="font-medium">{label}</span> taken for{' '}
              <span className="font-medium text-bad">{guess}</span>
            </p>
            <p className="text-xs text-ink-faint tabular-nums">
              {percent(guessProbability)} against {percent(labelProbability)}
            </p>
            <Link
              href={`/jobs/${job.id}/graph?sample=${sample}&split=${split}`}
              className="text-xs text-accent underline"
            >
              see it in the graph
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
