import type { JobState } from '@descent/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useClient } from '../session/session.ts';

const pollMs = 1500;
const pageJobs = 50;

/** Jobs, newest first, kept fresh while the page is visible; `fetchNextPage` adds older ones. */
export function useJobs(state: JobState | null) {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: ['jobs', state],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      client.jobs.list({
        signal,
        limit: pageJobs,
        ...(state !== null && { state }),
        ...(pageParam !== null && { cursor: pageParam }),
      }),
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: pollMs,
  });
}
