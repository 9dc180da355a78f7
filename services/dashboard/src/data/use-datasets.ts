import { useQuery } from '@tanstack/react-query';
import { useClient } from '../session/session.ts';

const pollMs = 5000;

export function useDatasets() {
  const client = useClient();
  return useQuery({
    queryKey: ['datasets'],
    queryFn: ({ signal }) => client.datasets.list({ signal }),
    refetchInterval: pollMs,
  });
}

export function useDataset(id: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['dataset', id],
    queryFn: ({ signal }) => client.datasets.get(id, { signal }),
  });
}

/** What reading it found; there is none before it was read. */
export function useReport(id: string, ready: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: ['dataset', id, 'report'],
    queryFn: ({ signal }) => client.datasets.report(id, { signal }),
    enabled: ready,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** Looking at a built-in data set reads it, which takes a few seconds the first time. */
export function usePreview(id: string, split: string | null, offset: number, count: number) {
  const client = useClient();
  return useQuery({
    queryKey: ['dataset', id, 'preview', split, offset, count],
    queryFn: ({ signal }) =>
      client.datasets.preview(id, { signal, offset, count, ...(split !== null && { split }) }),
    retry: false,
  });
}
