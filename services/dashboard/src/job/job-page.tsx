import { isDescentError, type Job } from '@descent/client';
import { lazy, type ReactNode, Suspense, useEffect, useMemo } from 'react';
import { Link } from 'wouter';
import { CurvePanel } from '../curves/curve-panel.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { Tabs, useTab } from '../ui/tabs.tsx';
import { CheckpointList } from './checkpoint-list.tsx';
import { EventList } from './event-list.tsx';
import { ExportCard } from './export-card.tsx';
import { FailurePanel } from './failure-panel.tsx';
import { Headline } from './headline.tsx';
import { JobHeader } from './job-header.tsx';
import { LayerTable } from './layer-table.tsx';
import { marksOf, parentOf } from './marks.ts';
import { ReceiptCard } from './receipt-card.tsx';
import { ScoreTables } from './score-tables.tsx';
import { TimeCard } from './time-card.tsx';
import { TimelineCard } from './timeline-card.tsx';
import { useCheckpoints } from './use-checkpoints.ts';
import { type JobEvents, useEvents } from './use-events.ts';
import { useJob } from './use-job.ts';

const SettingsTab = lazy(() => import('./settings-tab.tsx'));
const LayerCurves = lazy(() => import('./layer-curves.tsx'));

const tabs = {
  training: 'Training',
  layers: 'Layers',
  time: 'Time',
  files: 'Files',
  settings: 'Settings',
} as const;

/** A default export: the page is loaded only when it is shown. */
export default function JobPage({ id }: { readonly id: string }) {
  const { data: job, error, refetch, dataUpdatedAt } = useJob(id);
  const events = useEvents(id);
  const tab = useTab(tabs);
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

  const contents: Record<typeof tab, () => ReactNode> = {
    training: () => <TrainingTab job={job} events={events} nowMs={dataUpdatedAt} />,
    layers: () => (
      <>
        <LayerCurves job={job} />
        <LayerTable layers={job.layers} />
      </>
    ),
    time: () => (
      <>
        <TimeCard job={job} />
        <TimelineCard job={job} />
      </>
    ),
    files: () => (
      <>
        <CheckpointList job={job} nowMs={dataUpdatedAt} />
        <div className="grid items-start gap-3 lg:grid-cols-2">
          <ExportCard job={job} />
          <ReceiptCard job={job} />
        </div>
      </>
    ),
    settings: () => <SettingsTab job={job} parent={parentOf(events.events)?.job} />,
  };
  return (
    <div className="space-y-5">
      <JobHeader job={job} />
      {error !== null && <FailureNotice error={error} />}
      {job.error !== null && <FailurePanel error={job.error} jobId={job.id} />}
      <Tabs label="Parts of the job" tabs={tabs} current={tab} />
      <Suspense fallback={<Loading what="page" />}>{contents[tab]()}</Suspense>
    </div>
  );
}

interface TrainingTabProps {
  readonly job: Job;
  readonly events: JobEvents;
  readonly nowMs: number;
}

function TrainingTab({ job, events: { events, stream }, nowMs }: TrainingTabProps) {
  const { data: checkpoints } = useCheckpoints(job.id);
  const marks = useMemo(() => marksOf(events, checkpoints ?? []), [events, checkpoints]);
  return (
    <>
      <Headline job={job} nowMs={nowMs} />
      <CurvePanel job={job} marks={marks} />
      <div className="grid items-start gap-3 lg:grid-cols-2">
        <EventList events={events} stream={stream} />
        <ReceiptCard job={job} />
      </div>
      <ScoreTables job={job} />
    </>
  );
}
