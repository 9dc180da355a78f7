import type { Team } from '@descent/client';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useClient } from '../session/session.ts';
import { useAccountsChanged } from '../team/use-team.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Field } from '../ui/field.tsx';
import { readTeamForm, teamForm } from './team-form.ts';

interface TeamDialogProps {
  readonly team: Team;
  readonly onClose: () => void;
}

const numbers = [
  { name: 'weight', label: 'weight', min: 0.01, max: 1000, step: 'any', required: true },
  { name: 'runningLimit', label: 'jobs at once', min: 1, max: 1000, placeholder: 'any' },
  { name: 'budgetHours', label: 'worker time, hours', min: 0, step: 'any', placeholder: 'no limit' },
  { name: 'storedGiB', label: 'storage, GiB', min: 0, step: 'any', placeholder: 'no limit' },
] as const;

/** What staff decide about one team. An empty limit is none. */
export function TeamDialog({ team, onClose }: TeamDialogProps) {
  const client = useClient();
  const changed = useAccountsChanged();
  const [form, setForm] = useState(() => teamForm(team));
  const save = useMutation({
    mutationFn: () => client.accounts.changeTeam(team.id, readTeamForm(form)),
    onSuccess: async () => {
      await changed();
      onClose();
    },
  });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });

  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }

  return (
    <Dialog title={team.name} onClose={onClose}>
      <form onSubmit={submit} className="mt-4 space-y-3">
        <Field label="name" value={form.name} maxLength={120} required onChange={set('name')} />
        <div className="grid grid-cols-2 gap-3">
          {numbers.map(({ name, ...field }) => (
            <Field key={name} type="number" value={form[name]} onChange={set(name)} {...field} />
          ))}
          <Field label="due on" type="date" value={form.dueOn} onChange={set('dueOn')} />
        </div>
        {save.error !== null && <FailureNotice error={save.error} />}
        <div className="flex flex-wrap justify-end gap-2 pt-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button look="primary" type="submit" disabled={save.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
