import { isDescentError } from '@descent/client';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { buttonClass } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { useView } from '../ui/use-view.ts';
import { BulkBar } from './bulk-bar.tsx';
import { ColumnMenu } from './column-menu.tsx';
import { EmptyJobs } from './empty-jobs.tsx';
import { JobsTable } from './jobs-table.tsx';
import { SearchField } from './search-field.tsx';
import { StateTabs } from './state-tabs.tsx';
import { useJobs } from './use-jobs.ts';
import { useRowKeys } from './use-row-keys.ts';
import { readJobsView, searchOf } from './view.ts';

export function JobsPage() {
  const [address, change] = useView();
  const view = useMemo(() => readJobsView(address), [address]);
  const { data, error, dataUpdatedAt, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useJobs(view);
  const isQueryWrong = isDescentError(error, 'QUERY_INVALID');
  const found = useMemo(() => data?.pages.flatMap((page) => page.jobs), [data]);
  // While a query is being written it is wrong most of the time: what was listed stays.
  const [listed, setListed] = useState(found);
  if (found !== undefined && found !== listed) setListed(found);
  const jobs = found ?? (isQueryWrong ? listed : undefined);
  useRowKeys();

  // Kept while pages are turned and filters change: one compares across them.
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const choose = useCallback((ids: readonly string[], now: boolean) => {
    setChosen((before) => {
      const next = new Set(before);
      for (const id of ids) now ? next.add(id) : next.delete(id);
      return next;
    });
  }, []);
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const search = useCallback((words: string) => change({ q: words }), [change]);

  useEffect(() => {
    document.title = 'Jobs · Descent';
  }, []);

  const { query, offset } = searchOf(view);
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-semibold">Training jobs</h1>
        <Link href="/new" className={buttonClass('primary')}>
          New job
        </Link>
      </div>
      <div className="flex flex-wrap items-start gap-2">
        <SearchField
          words={view.words}
          onSearch={search}
          error={isQueryWrong ? error : null}
          offset={offset}
        />
        <ColumnMenu jobs={jobs ?? []} columns={view.columns} onChange={(columns) => change({ columns })} />
      </div>
      <StateTabs view={view} />
      {error !== null && !isQueryWrong && <FailureNotice error={error} onRetry={() => void refetch()} />}
      {jobs === undefined && error === null && <Loading what="jobs" />}
      {jobs?.length === 0 && <EmptyJobs filtered={query !== '' || view.state !== null} />}
      {jobs !== undefined && jobs.length > 0 && (
        <JobsTable
          jobs={jobs}
          columns={view.columns}
          sort={view.sort}
          // Rows of the query before stay while a new one is asked or wrong: that has no time of its own.
          nowMs={dataUpdatedAt || Date.now()}
          chosen={chosen}
          onChoose={choose}
          onSort={(sort) => change({ sort }, { push: true })}
          onEnd={more}
        />
      )}
      {isFetchingNextPage && <p className="text-center text-ink-faint">Loading more…</p>}
      <BulkBar chosen={chosen} jobs={jobs ?? []} onClear={() => setChosen(new Set())} />
    </div>
  );
}
