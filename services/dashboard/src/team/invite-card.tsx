import { joinLink } from '@descent/client';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Choice } from '../ui/choice.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Field } from '../ui/field.tsx';
import { SecretNotice } from '../ui/secret-notice.tsx';
import { useAccountsChanged, useInvites } from './use-team.ts';

/** Links that bring people into the team. */
export function InviteCard({ team }: { readonly team: string }) {
  const client = useClient();
  const changed = useAccountsChanged();
  const { data: invites = [] } = useInvites(team, true);
  const [role, setRole] = useState<'member' | 'owner'>('member');
  const [uses, setUses] = useState('1');
  const [name, setName] = useState('');
  const invite = useMutation({
    mutationFn: () =>
      client.accounts.invite(team, {
        role,
        uses: Number(uses),
        ...(name.trim() !== '' && { name: name.trim() }),
      }),
    onSuccess: changed,
  });
  const withdraw = useMutation({
    mutationFn: (id: string) => client.accounts.withdrawInvite(id),
    onSuccess: changed,
  });
  const failed = invite.error ?? withdraw.error;

  function submit(event: FormEvent) {
    event.preventDefault();
    invite.mutate();
  }

  return (
    <Card title="Invite">
      <div className="space-y-3 px-4 pb-4">
        <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
          <Field label="name (may be left out)" value={name} maxLength={120} onChange={setName} />
          <Field
            label="for how many"
            type="number"
            min={1}
            max={1000}
            value={uses}
            required
            onChange={setUses}
            className="w-28"
          />
          <Choice label="as" value={role} options={['member', 'owner']} onChange={setRole} />
          <Button look="primary" type="submit" disabled={invite.isPending}>
            Make a link
          </Button>
        </form>
        {failed !== null && <FailureNotice error={failed} />}
        {invite.data !== undefined && (
          <SecretNotice
            words="Hand out this link; it is shown this once and holds for two weeks."
            secret={joinLink(window.location.origin, invite.data.code)}
          />
        )}
        {invites.length > 0 && (
          <ul aria-label="Open invitations">
            {invites.map(({ id, name: invited, role: as, usesLeft, expiresAt }) => (
              <li key={id} className="flex min-h-9 items-center gap-3 border-t border-line">
                <span className="min-w-0 flex-1 truncate">
                  {invited ?? 'anybody with the link'} as {as}
                  <span className="text-sm text-ink-faint">
                    {' '}
                    · {usesLeft} left · until {new Date(expiresAt).toLocaleDateString('en-GB')}
                  </span>
                </span>
                <Button
                  look="quiet"
                  className="min-h-7 px-2 py-0.5 text-sm"
                  aria-label={`Withdraw the invitation of ${invited ?? 'anybody'}`}
                  onClick={() => withdraw.mutate(id)}
                >
                  Withdraw
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}
