import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { Button, buttonClass } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { EmptyJobs } from './empty-jobs.tsx';
import { JobRow } from './job-row.tsx';
import { parseStateFilter } from './state-filter.ts';
import { StateTabs } from './state-tabs.tsx';
import { useJobs } from './use-jobs.ts';

export function JobsPage() {
  const [search] = useSearchParams();
  const state = parseStateFilter(search.get('state'));
  const { data, error, dataUpdatedAt, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useJobs(state);
  const jobs = data?.pages.flatMap((page) => page.jobs);

  // Kept while pages are turned and filters change: one compares across them.
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  function choose(id: string, now: boolean) {
    setChosen((before) => new Set(now ? [...before, id] : [...before].filter((other) => other !== id)));
  }

  useEffect(() => {
    document.title = 'Jobs · Descent';
  }, []);

  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-semibold">Training jobs</h1>
        <div className="flex flex-wrap gap-2">
          {chosen.size >= 2 && (
            <Link href={`/compare?jobs=${[...chosen].join(',')}`} className={buttonClass('plain')}>
              Compare {chosen.size}
            </Link>
          )}
          <Link href="/new" className={buttonClass('primary')}>
            New job
          </Link>
        </div>
      </div>
      <StateTabs current={state} />
      {error !== null && <FailureNotice error={error} onRetry={() => void refetch()} />}
      {jobs === undefined && error === null && <Loading what="jobs" />}
      {jobs?.length === 0 && <EmptyJobs state={state} />}
      {jobs !== undefined && jobs.length > 0 && (
        <ul aria-label="Training jobs" className="space-y-2">
          {jobs.map((job) => (
            <JobRow
              key={job.id}
              job={job}
              nowMs={dataUpdatedAt}
              chosen={chosen.has(job.id)}
              onChoose={(now) => choose(job.id, now)}
            />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <div className="text-center">
          <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? 'Loading…' : 'Show older jobs'}
          </Button>
        </div>
      )}
    </div>
  );
}
