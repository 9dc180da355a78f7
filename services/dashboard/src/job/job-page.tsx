import { isDescentError } from '@descent/client';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { CurvePanel } from '../curves/curve-panel.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { CheckpointList } from './checkpoint-list.tsx';
import { EventList } from './event-list.tsx';
import { FailurePanel } from './failure-panel.tsx';
import { Headline } from './headline.tsx';
import { JobHeader } from './job-header.tsx';
import { LayerTable } from './layer-table.tsx';
import { ReceiptCard } from './receipt-card.tsx';
import { ScoreTables } from './score-tables.tsx';
import { TimeCard } from './time-card.tsx';
import { useEvents } from './use-events.ts';
import { useJob } from './use-job.ts';

/** A default export: the page is loaded only when it is shown. */
export default function JobPage({ id }: { readonly id: string }) {
  const { data: job, error, refetch, dataUpdatedAt } = useJob(id);
  const { events, stream } = useEvents(id);
  const name = job?.name;

  useEffect(() => {
    document.title = name === undefined ? 'Job · Descent' : `${name} · Descent`;
  }, [name]);

  if (job === undefined) {
    if (error === null) return <Loading what="job" />;
    if (isDescentError(error, 'JOB_NOT_FOUND') || isDescentError(error, 'REQUEST_INVALID')) {
      return (
        <div className="py-16 text-center">
          <h1 className="text-xl font-semibold">There is no such job</h1>
          <p className="mt-1 font-mono text-sm break-all text-ink-soft">{id}</p>
          <Link href="/" className="mt-3 inline-block text-accent underline">
            Go to the jobs
          </Link>
        </div>
      );
    }
    return <FailureNotice error={error} onRetry={() => void refetch()} />;
  }

  return (
    <div className="space-y-5">
      <JobHeader job={job} />
      {error !== null && <FailureNotice error={error} />}
      {job.error !== null && <FailurePanel error={job.error} />}
      <Headline job={job} nowMs={dataUpdatedAt} />
      <CurvePanel job={job} />
      <div className="grid items-start gap-3 lg:grid-cols-2">
        <EventList events={events} stream={stream} />
        <div className="grid gap-3">
          <TimeCard job={job} />
          <ReceiptCard job={job} />
          <CheckpointList job={job} />
        </div>
      </div>
      <ScoreTables job={job} />
      <LayerTable layers={job.layers} />
    </div>
  );
}
