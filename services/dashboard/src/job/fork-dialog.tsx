import type { Checkpoint, Job } from '@descent/client';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Field } from '../ui/field.tsx';

interface ForkDialogProps {
  readonly job: Job;
  readonly checkpoint: Checkpoint;
  readonly onClose: () => void;
}

/** A new job that goes on from a checkpoint, with the settings that one changes most. */
export function ForkDialog({ job, checkpoint, onClose }: ForkDialogProps) {
  const client = useClient();
  const [, navigate] = useLocation();
  const { training } = job.request;
  const finished = checkpoint.step >= job.progress.steps;
  const [name, setName] = useState(`${job.name}, from step ${checkpoint.step}`.slice(-120));
  const [epochs, setEpochs] = useState(String(finished ? training.epochs * 2 : training.epochs));
  const [learningRate, setLearningRate] = useState(String(training.optimizer.learningRate));
  const fork = useMutation({
    mutationFn: () =>
      client.jobs.fork(job.id, {
        checkpoint: checkpoint.id,
        name,
        training: {
          epochs: Number(epochs),
          optimizer: { ...training.optimizer, learningRate: Number(learningRate) },
        },
      }),
    onSuccess: ({ id }) => navigate(`/jobs/${id}`),
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    fork.mutate();
  }

  return (
    <Dialog title={`Go on from step ${checkpoint.step}`} onClose={onClose}>
      <form onSubmit={submit} className="mt-4 space-y-3">
        <Field label="name" value={name} maxLength={120} required onChange={setName} />
        <div className="grid grid-cols-2 gap-3">
          <Field label="epochs in all" type="number" min={1} value={epochs} required onChange={setEpochs} />
          <Field
            label="learning rate"
            type="number"
            step="any"
            min={0}
            value={learningRate}
            required
            onChange={setLearningRate}
          />
        </div>
        {fork.error !== null && <FailureNotice error={fork.error} />}
        <div className="flex flex-wrap justify-end gap-2 pt-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button look="primary" type="submit" disabled={fork.isPending}>
            {fork.isPending ? 'Forking…' : 'Fork'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
