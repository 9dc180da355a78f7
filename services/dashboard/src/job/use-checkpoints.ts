import { useQuery } from '@tanstack/react-query';
import { useClient } from '../session/session.ts';

const pollMs = 3000;

const checkpointsKey = (id: string) => ['job', id, 'checkpoints'] as const;

/** Checkpoints of a job, newest first. The events of the job refresh them on its page; elsewhere `poll` does. */
export function useCheckpoints(id: string, poll = false) {
  const client = useClient();
  return useQuery({
    queryKey: checkpointsKey(id),
    queryFn: async ({ signal }) =>
      (await client.jobs.checkpoints(id, { signal })).toSorted((a, b) => b.step - a.step),
    refetchInterval: poll ? pollMs : false,
  });
}
