import { isDescentError } from '@descent/client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useClient } from '../session/session.ts';
import { type JobsView, searchOf } from './view.ts';

const pollMs = 2000;
const pageJobs = 100;

export const jobsKey = ['jobs'] as const;

/** The jobs that a view shows, kept fresh while the page is visible; `fetchNextPage` adds more of them. */
export function useJobs(view: JobsView) {
  const client = useClient();
  const { query } = searchOf(view);
  const { state, sort } = view;
  return useInfiniteQuery({
    queryKey: [...jobsKey, { query, state, sort }],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      client.jobs.list({
        signal,
        limit: pageJobs,
        ...(query !== '' && { query }),
        ...(state !== null && { state }),
        ...(sort !== '' && { sort }),
        ...(pageParam !== null && { cursor: pageParam }),
      }),
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    // All pages are read again: the more there are, the less often. What cannot be understood is not asked again.
    refetchInterval: ({ state: { data, error } }) =>
      isDescentError(error, 'QUERY_INVALID') ? false : pollMs * Math.max(1, data?.pages.length ?? 1),
  });
}
