import type { Job } from '@descent/client';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { type JobAction, offeredActions } from './actions.ts';
import { useJobAction } from './use-job-action.ts';

const words: Record<JobAction, { readonly ask: string; readonly busy: string }> = {
  pause: { ask: 'Pause', busy: 'Pausing…' },
  resume: { ask: 'Resume', busy: 'Resuming…' },
  cancel: { ask: 'Cancel job', busy: 'Cancelling…' },
};

export function JobControls({ job }: { readonly job: Job }) {
  const { pending, error, act } = useJobAction(job);
  const [confirming, setConfirming] = useState(false);
  const offers = offeredActions(job.state, pending);

  return (
    <div className="space-y-2">
      <div className="flex flex-wrap gap-2">
        {offers.map(({ action, enabled, busy }) => (
          <Button
            key={action}
            look={action === 'cancel' ? 'danger' : action === 'resume' ? 'primary' : 'plain'}
            disabled={!enabled}
            onClick={() => (action === 'cancel' ? setConfirming(true) : act(action))}
          >
            {busy ? words[action].busy : words[action].ask}
          </Button>
        ))}
      </div>
      {error !== null && <FailureNotice error={error} />}
      {confirming && (
        <ConfirmDialog
          title="Cancel this job?"
          confirm="Cancel job"
          dismiss="Keep training"
          onClose={() => setConfirming(false)}
          onConfirm={() => {
            setConfirming(false);
            act('cancel');
          }}
        >
          <p>
            <strong className="break-words text-ink">{job.name}</strong> stops for good at step{' '}
            {job.progress.step} of {job.progress.steps}. Its checkpoints stay. To go on later, pause it
            instead.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}
