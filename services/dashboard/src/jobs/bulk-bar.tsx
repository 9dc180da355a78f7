import type { Job } from '@descent/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { useClient } from '../session/session.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { type BulkAction, bulkActions, bulkWords, perform, suits } from './bulk.ts';
import { jobsKey } from './use-jobs.ts';

interface BulkBarProps {
  readonly chosen: ReadonlySet<string>;
  /** The listed jobs; a chosen one may be on no list any more. */
  readonly jobs: readonly Job[];
  readonly onClear: () => void;
}

interface Outcome {
  readonly action: BulkAction;
  readonly done: number;
  readonly refused: readonly string[];
}

/** What can be done with the chosen jobs at once. */
export function BulkBar({ chosen, jobs, onClear }: BulkBarProps) {
  const client = useClient();
  const queryClient = useQueryClient();
  const [confirming, setConfirming] = useState(false);
  const listed = jobs.filter(({ id }) => chosen.has(id));
  const act = useMutation({
    mutationFn: async (action: BulkAction): Promise<Outcome> => {
      const suited = listed.filter((job) => suits(action, job));
      const answers = await Promise.allSettled(suited.map(({ id }) => perform(client, action, id)));
      const refused = answers.flatMap((answer, index) =>
        answer.status === 'rejected' ? [`${suited[index]?.name}: ${messageOf(answer.reason)}`] : [],
      );
      return { action, done: suited.length - refused.length, refused };
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: jobsKey }),
  });
  if (chosen.size === 0) return null;
  return (
    <section aria-label="Chosen jobs" className="sticky bottom-3 z-10 space-y-2">
      {act.data !== undefined && <OutcomeNotice outcome={act.data} />}
      <div className="flex flex-wrap items-center gap-2 rounded-xl border border-line-strong bg-surface p-2 shadow-lg">
        <span className="px-2 font-medium">{chosen.size} chosen</span>
        {chosen.size >= 2 && (
          <Link href={`/compare?jobs=${[...chosen].join(',')}`} className={buttonClass('primary')}>
            Compare {chosen.size}
          </Link>
        )}
        {bulkActions.map((action) => {
          const count = listed.filter((job) => suits(action, job)).length;
          if (count === 0) return null;
          return (
            <Button
              key={action}
              look={action === 'cancel' ? 'danger' : 'plain'}
              disabled={act.isPending}
              onClick={() => (action === 'cancel' ? setConfirming(true) : act.mutate(action))}
            >
              {bulkWords[action].ask} {count}
            </Button>
          );
        })}
        <Button look="quiet" className="ml-auto" onClick={onClear}>
          Clear
        </Button>
      </div>
      {confirming && (
        <ConfirmDialog
          title="Cancel these jobs?"
          confirm="Cancel jobs"
          dismiss="Keep training"
          onClose={() => setConfirming(false)}
          onConfirm={() => {
            setConfirming(false);
            act.mutate('cancel');
          }}
        >
          <p>They stop for good; their checkpoints stay. To go on later, pause them instead.</p>
          <ul className="mt-2 max-h-40 list-disc overflow-y-auto pl-5">
            {listed
              .filter((job) => suits('cancel', job))
              .map(({ id, name }) => (
                <li key={id} className="break-words">
                  {name}
                </li>
              ))}
          </ul>
        </ConfirmDialog>
      )}
    </section>
  );
}

function OutcomeNotice({ outcome: { action, done, refused } }: { readonly outcome: Outcome }) {
  return (
    <Notice tone={refused.length === 0 ? 'idle' : 'bad'}>
      {done} {done === 1 ? 'job' : 'jobs'} {bulkWords[action].done}
      {refused.length > 0 && (
        <>
          , {refused.length} refused:
          <ul className="list-disc pl-5">
            {refused.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
    </Notice>
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
