import { isEnded } from '@descent/client';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../session/session.ts';

const pollMs = 1500;

export const jobKey = (id: string) => ['job', id] as const;

/** One job, kept fresh until it has ended; the events of the job make it fresher still. */
export function useJob(id: string) {
  const client = useClient();
  return useQuery({
    queryKey: jobKey(id),
    queryFn: ({ signal }) => client.jobs.get(id, { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && isEnded(state.data.state) ? false : pollMs),
  });
}
