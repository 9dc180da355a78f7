import { useQuery } from '@tanstack/react-query';
import { useClient } from '../session/session.ts';

const pollMs = 2000;
/** Announcements are on every page. */
const announcementsPollMs = 30_000;
export const clusterKey = ['cluster'] as const;

export function useWorkers() {
  const client = useClient();
  return useQuery({
    queryKey: [...clusterKey, 'workers'],
    queryFn: ({ signal }) => client.cluster.workers({ signal }),
    refetchInterval: pollMs,
  });
}

export function useQueue() {
  const client = useClient();
  return useQuery({
    queryKey: [...clusterKey, 'queue'],
    queryFn: ({ signal }) => client.cluster.queue({ signal }),
    refetchInterval: pollMs,
  });
}

export function useAnnouncements() {
  const client = useClient();
  return useQuery({
    queryKey: [...clusterKey, 'announcements'],
    queryFn: ({ signal }) => client.cluster.announcements({ signal }),
    refetchInterval: announcementsPollMs,
  });
}
