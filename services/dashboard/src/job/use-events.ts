import type { FollowOptions, JobEvent } from '@descent/client';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { createFrameBatch } from '../curves/frame-batch.ts';
import { useClient } from '../session/session.ts';
import { type FollowState, useFollow } from '../streams/use-follow.ts';
import { jobKey } from './use-job.ts';

/** Kept for the search; the API has them all. */
const keptEvents = 10_000;

export interface JobEvents {
  /** Newest first. */
  readonly events: readonly JobEvent[];
  readonly stream: FollowState;
}

/**
 * The events of a job, newest first, as they come. Each batch also refreshes what the page knows of the job and its
 * checkpoints, so that a change of state shows at once and not with the next poll.
 */
export function useEvents(jobId: string): JobEvents {
  const client = useClient();
  const queryClient = useQueryClient();
  const [events, setEvents] = useState<readonly JobEvent[]>([]);

  const source = useMemo(() => {
    let waiting: JobEvent[] = [];
    let last: number | undefined;
    const flush = createFrameBatch(() => {
      const fresh = waiting.reverse();
      waiting = [];
      setEvents((shown) => [...fresh, ...shown].slice(0, keptEvents));
      void queryClient.invalidateQueries({ queryKey: jobKey(jobId) }, { cancelRefetch: false });
    });
    return {
      open: (options: FollowOptions) => client.jobs.events(jobId, options),
      after: () => last,
      take: (event: JobEvent) => {
        last = event.sequence;
        waiting.push(event);
        flush.request();
      },
    };
  }, [client, queryClient, jobId]);

  return { events, stream: useFollow(source) };
}
