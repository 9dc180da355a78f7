import type { Scope, Token } from '@descent/client';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { formatAge } from '../format/duration.ts';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Choice } from '../ui/choice.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Field } from '../ui/field.tsx';
import { PlainTable } from '../ui/plain-table.tsx';
import { SecretNotice } from '../ui/secret-notice.tsx';
import { useAccountsChanged, useTokens } from './use-team.ts';

const kinds = {
  'to submit jobs': ['read', 'submit'],
  'to read only': ['read'],
  'to manage the team': ['read', 'submit', 'manage'],
  'for workers': ['worker'],
} as const satisfies Record<string, readonly Scope[]>;
type Kind = keyof typeof kinds;
const ownerKinds: ReadonlySet<Kind> = new Set(['to manage the team', 'for workers']);

interface TokensCardProps {
  /** Whether tokens may be made and revoked. */
  readonly manages: boolean;
  readonly owner: boolean;
}

/** Tokens for the terminal, notebooks and workers. Of owners, those of the whole team. */
export function TokensCard({ manages, owner }: TokensCardProps) {
  const client = useClient();
  const changed = useAccountsChanged();
  const { data: tokens, error, dataUpdatedAt } = useTokens();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Kind>('to submit jobs');
  const make = useMutation({
    mutationFn: () => client.accounts.createToken({ name: name.trim(), scopes: [...kinds[kind]] }),
    onSuccess: changed,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => client.accounts.revokeToken(id),
    onSuccess: changed,
  });
  const failed = error ?? make.error ?? revoke.error;
  const valid = tokens?.filter((token) => isValid(token, dataUpdatedAt));

  function submit(event: FormEvent) {
    event.preventDefault();
    make.mutate();
  }

  return (
    <Card title="Tokens">
      {manages && (
        <form onSubmit={submit} className="flex flex-wrap items-end gap-3 px-4 pb-3">
          <Field label="name" value={name} maxLength={120} required placeholder="laptop" onChange={setName} />
          <Choice
            label="may be used"
            value={kind}
            options={(Object.keys(kinds) as Kind[]).filter((option) => owner || !ownerKinds.has(option))}
            onChange={setKind}
          />
          <Button type="submit" disabled={make.isPending}>
            Make a token
          </Button>
        </form>
      )}
      <div className="space-y-2 px-4 pb-2 empty:hidden">
        {failed !== null && <FailureNotice error={failed} />}
        {make.data !== undefined && (
          <SecretNotice words="This token is shown this once." secret={make.data.secret} />
        )}
      </div>
      <PlainTable
        label="Tokens"
        columns={['name', 'of', 'may', 'last used', ...(manages ? ['(revoke)'] : [])]}
      >
        {valid?.map((token) => (
          <tr key={token.id}>
            <th scope="row" className="max-w-64 truncate" title={token.name}>
              {token.name}
            </th>
            <td className="max-w-48 truncate">{token.member.name}</td>
            <td className="text-ink-soft">{token.scopes.join(', ')}</td>
            <td className="text-ink-soft">
              {token.lastUsedAt === null ? 'never' : formatAge(token.lastUsedAt, dataUpdatedAt)}
            </td>
            {manages && (
              <td className="text-right">
                <Button
                  look="quiet"
                  className="min-h-7 px-2 py-0.5 text-sm"
                  aria-label={`Revoke ${token.name}`}
                  onClick={() => revoke.mutate(token.id)}
                >
                  Revoke
                </Button>
              </td>
            )}
          </tr>
        ))}
      </PlainTable>
      {valid?.length === 0 && <p className="px-4 pb-4 text-ink-faint">No token can be used.</p>}
    </Card>
  );
}

function isValid({ revokedAt, expiresAt }: Token, nowMs: number): boolean {
  return revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > nowMs);
}
