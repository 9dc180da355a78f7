import type { Job, JobEdit, JobPage } from '@descent/client';
import { type InfiniteData, useMutation, useQueryClient } from '@tanstack/react-query';
import { jobKey } from '../job/use-job.ts';
import { useClient } from '../session/session.ts';
import { jobsKey } from './use-jobs.ts';

/** Changes name, tags, notes, star or archive of a job; lists and pages that show it follow at once. */
export function useEditJob(id: string) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (edit: JobEdit) => client.jobs.edit(id, edit),
    onSuccess: (edited: Job) => {
      queryClient.setQueryData(jobKey(id), edited);
      queryClient.setQueriesData<InfiniteData<JobPage>>({ queryKey: jobsKey }, (shown) =>
        shown === undefined
          ? undefined
          : {
              ...shown,
              pages: shown.pages.map((page) => ({
                ...page,
                jobs: page.jobs.map((job) => (job.id === id ? edited : job)),
              })),
            },
      );
      void queryClient.invalidateQueries({ queryKey: jobsKey });
    },
  });
}
