import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { clusterKey, useAnnouncements } from '../cluster/use-cluster.ts';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Field } from '../ui/field.tsx';

/** Says something to everybody, and may let all work pause for a while. */
export function AnnouncementsCard() {
  const client = useClient();
  const queryClient = useQueryClient();
  const { data: announcements = [], error } = useAnnouncements();
  const [message, setMessage] = useState('');
  const [pausesWork, setPausesWork] = useState(false);
  const [startsAt, setStartsAt] = useState('');
  const [endsAt, setEndsAt] = useState('');
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: clusterKey });
  const announce = useMutation({
    mutationFn: () =>
      client.cluster.announce({
        message: message.trim(),
        pausesWork,
        ...(startsAt !== '' && { startsAt: new Date(startsAt).toISOString() }),
        ...(endsAt !== '' && { endsAt: new Date(endsAt).toISOString() }),
      }),
    onSuccess: () => {
      setMessage('');
      return onSuccess();
    },
  });
  const withdraw = useMutation({
    mutationFn: (id: string) => client.cluster.withdraw(id),
    onSuccess,
  });
  const failed = error ?? announce.error ?? withdraw.error;

  function submit(event: FormEvent) {
    event.preventDefault();
    announce.mutate();
  }

  return (
    <Card title="Announcements">
      <div className="space-y-3 px-4 pb-4">
        <form onSubmit={submit} className="space-y-3">
          <Field label="message" value={message} maxLength={500} required onChange={setMessage} />
          <div className="flex flex-wrap items-end gap-3">
            <Field label="from (empty: now)" type="datetime-local" value={startsAt} onChange={setStartsAt} />
            <Field
              label="to (empty: until withdrawn)"
              type="datetime-local"
              value={endsAt}
              onChange={setEndsAt}
            />
            <label className="flex min-h-9 items-center gap-2 text-sm">
              <input
                type="checkbox"
                checked={pausesWork}
                onChange={(event) => setPausesWork(event.target.checked)}
                className="size-4 accent-accent"
              />
              jobs wait meanwhile
            </label>
            <Button look="primary" type="submit" disabled={announce.isPending}>
              Announce
            </Button>
          </div>
        </form>
        {failed !== null && <FailureNotice error={failed} />}
        <ul aria-label="Announcements">
          {announcements.map(({ id, message: text, pausesWork: pauses }) => (
            <li key={id} className="flex min-h-9 items-center gap-3 border-t border-line">
              <span className="min-w-0 flex-1 break-words">
                {text}
                {pauses && <span className="text-sm text-ink-faint"> · jobs wait</span>}
              </span>
              <Button
                look="quiet"
                className="min-h-7 px-2 py-0.5 text-sm"
                aria-label={`Withdraw: ${text}`}
                onClick={() => withdraw.mutate(id)}
              >
                Withdraw
              </Button>
            </li>
          ))}
          {announcements.length === 0 && <li className="text-ink-faint">None is shown.</li>}
        </ul>
      </div>
    </Card>
  );
}
