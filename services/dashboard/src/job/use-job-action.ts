import type { Job } from '@descent/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useClient } from '../session/session.ts';
import type { JobAction, PendingAction } from './actions.ts';
import { jobKey } from './use-job.ts';

/** Asks for a change of state. The button shows it at once; the job shows what the service made of it. */
export function useJobAction(job: Job) {
  const client = useClient();
  const queryClient = useQueryClient();
  const [pending, setPending] = useState<PendingAction | null>(null);

  const mutation = useMutation({
    mutationFn: (action: JobAction) => client.jobs[action](job.id),
    onMutate: (action) => {
      setPending({ action, from: job.state });
      return queryClient.cancelQueries({ queryKey: jobKey(job.id) });
    },
    onSuccess: (changed) => queryClient.setQueryData(jobKey(job.id), changed),
    onError: () => setPending(null),
    onSettled: () => queryClient.invalidateQueries({ queryKey: jobKey(job.id) }),
  });

  // The same state met again after another (running, paused, running) is no pending request.
  if (pending !== null && pending.from !== job.state && !mutation.isPending) setPending(null);

  return { pending, error: mutation.error, act: mutation.mutate };
}
