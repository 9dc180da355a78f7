import type { Member, Role } from '@descent/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { formatAge } from '../format/duration.ts';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { PlainTable } from '../ui/plain-table.tsx';
import { useAccountsChanged, useMembers } from './use-team.ts';

interface MembersCardProps {
  readonly team: string;
  /** Id of the one who looks: nobody removes themselves. */
  readonly self: string;
  readonly manages: boolean;
}

export function MembersCard({ team, self, manages }: MembersCardProps) {
  const client = useClient();
  const changed = useAccountsChanged();
  const { data: members, error, dataUpdatedAt } = useMembers(team);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const role = useMutation({
    mutationFn: ({ id, role }: { readonly id: string; readonly role: Role }) =>
      client.accounts.changeRole(id, role),
    onSuccess: changed,
  });
  const remove = useMutation({
    mutationFn: (id: string) => client.accounts.removeMember(id),
    onSuccess: changed,
  });
  const failed = error ?? role.error ?? remove.error;
  return (
    <Card title={members === undefined ? 'Members' : `Members (${members.length})`}>
      {failed !== null && <FailureNotice error={failed} />}
      <PlainTable
        label="Members"
        columns={['name', 'email', 'role', 'since', ...(manages ? ['(remove)'] : [])]}
      >
        {members?.map((member) => (
          <tr key={member.id}>
            <th scope="row" className="max-w-64 truncate" title={member.name}>
              {member.name}
              {member.id === self && <span className="text-ink-faint"> (you)</span>}
            </th>
            <td className="max-w-64 truncate text-ink-soft">{member.email ?? '–'}</td>
            <td>
              {manages && member.id !== self && member.role !== 'staff' ? (
                <select
                  aria-label={`Role of ${member.name}`}
                  value={member.role}
                  onChange={(event) => role.mutate({ id: member.id, role: event.target.value as Role })}
                  className="min-h-8 rounded-lg border border-line-strong bg-surface px-2"
                >
                  <option value="member">member</option>
                  <option value="owner">owner</option>
                </select>
              ) : (
                member.role
              )}
            </td>
            <td className="text-ink-soft">{formatAge(member.createdAt, dataUpdatedAt)}</td>
            {manages && (
              <td className="text-right">
                {member.id !== self && (
                  <Button
                    look="quiet"
                    className="min-h-7 px-2 py-0.5 text-sm"
                    aria-label={`Remove ${member.name}`}
                    onClick={() => setLeaving(member)}
                  >
                    Remove
                  </Button>
                )}
              </td>
            )}
          </tr>
        ))}
      </PlainTable>
      {leaving !== null && (
        <ConfirmDialog
          title={`Remove ${leaving.name}?`}
          confirm="Remove"
          dismiss="Keep"
          onClose={() => setLeaving(null)}
          onConfirm={() => {
            remove.mutate(leaving.id);
            setLeaving(null);
          }}
        >
          <p>Their tokens are of no use any more. Their jobs stay with the team.</p>
        </ConfirmDialog>
      )}
    </Card>
  );
}
