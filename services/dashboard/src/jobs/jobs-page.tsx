import { useEffect } from 'react';
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

  useEffect(() => {
    document.title = 'Jobs · Descent';
  }, []);

  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-semibold">Training jobs</h1>
        <Link href="/new" className={buttonClass('primary')}>
          New job
        </Link>
      </div>
      <StateTabs current={state} />
      {error !== null && <FailureNotice error={error} onRetry={() => void refetch()} />}
      {jobs === undefined && error === null && <Loading what="jobs" />}
      {jobs?.length === 0 && <EmptyJobs state={state} />}
      {jobs !== undefined && jobs.length > 0 && (
        <ul aria-label="Training jobs" className="space-y-2">
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} nowMs={dataUpdatedAt} />
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
