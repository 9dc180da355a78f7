import type { Team } from '@descent/client';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { formatDuration } from '../format/duration.ts';
import { formatBytes } from '../format/number.ts';
import { DownloadButton } from '../job/download-button.tsx';
import { useClient } from '../session/session.ts';
import { usageByTeam } from '../team/usage.ts';
import { useAccountsChanged, useTeams, useUsage } from '../team/use-team.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Field } from '../ui/field.tsx';
import { PlainTable } from '../ui/plain-table.tsx';
import { TeamDialog } from './team-dialog.tsx';

/** All teams with what they used, and what they may use. */
export function TeamsCard() {
  const client = useClient();
  const changed = useAccountsChanged();
  const { data: teams, error } = useTeams();
  const { data: usage = [] } = useUsage();
  const [edited, setEdited] = useState<Team | null>(null);
  const [name, setName] = useState('');
  const create = useMutation({
    mutationFn: () => client.accounts.createTeam({ name: name.trim() }),
    onSuccess: () => {
      setName('');
      return changed();
    },
  });
  const pause = useMutation({
    mutationFn: ({ id, paused }: Team) => client.accounts.changeTeam(id, { paused: !paused }),
    onSuccess: changed,
  });
  const failed = error ?? create.error ?? pause.error;
  const used = usageByTeam(usage);

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate();
  }

  return (
    <Card
      title={teams === undefined ? 'Teams' : `Teams (${teams.length})`}
      aside={
        <DownloadButton
          name="usage (CSV)"
          named
          fileName="usage.csv"
          open={async () => {
            const csv = new Blob([await client.accounts.usageCsv()], { type: 'text/csv' });
            return { stream: csv.stream(), bytes: csv.size, fileName: null };
          }}
        />
      }
    >
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3 px-4 pb-3">
        <Field label="new team" value={name} maxLength={120} required onChange={setName} />
        <Button type="submit" disabled={create.isPending}>
          Create
        </Button>
      </form>
      {failed !== null && (
        <div className="px-4 pb-3">
          <FailureNotice error={failed} />
        </div>
      )}
      <PlainTable
        label="Teams"
        columns={['team', 'members#', 'weight#', 'at once#', 'worker time#', 'storage#', 'due', '(change)']}
      >
        {teams?.map((team) => (
          <tr key={team.id}>
            <th scope="row" className="max-w-60 truncate" title={team.name}>
              {team.name}
              {team.paused && (
                <span className="ml-2 rounded-full bg-warn-back px-2 py-0.5 text-xs text-warn">paused</span>
              )}
            </th>
            <td className="text-right tabular-nums">{team.members}</td>
            <td className="text-right tabular-nums">{team.weight}</td>
            <td className="text-right tabular-nums">{team.runningLimit ?? 'any'}</td>
            <td className="text-right tabular-nums">
              {formatDuration(used.get(team.id) ?? 0)}
              <span className="text-ink-faint">
                {team.budgetWorkerSeconds === null ? '' : ` of ${formatDuration(team.budgetWorkerSeconds)}`}
              </span>
            </td>
            <td className="text-right tabular-nums">
              {formatBytes(team.storedBytes)}
              <span className="text-ink-faint">
                {team.storedBytesLimit === null ? '' : ` of ${formatBytes(team.storedBytesLimit)}`}
              </span>
            </td>
            <td className="text-ink-soft">
              {team.dueAt === null ? '–' : new Date(team.dueAt).toLocaleDateString('en-GB')}
            </td>
            <td>
              <span className="flex justify-end gap-1">
                <Button
                  look="quiet"
                  className="min-h-7 px-2 py-0.5 text-sm"
                  aria-label={`${team.paused ? 'Resume' : 'Pause'} ${team.name}`}
                  onClick={() => pause.mutate(team)}
                >
                  {team.paused ? 'Resume' : 'Pause'}
                </Button>
                <Button
                  look="quiet"
                  className="min-h-7 px-2 py-0.5 text-sm"
                  aria-label={`Change ${team.name}`}
                  onClick={() => setEdited(team)}
                >
                  Change
                </Button>
              </span>
            </td>
          </tr>
        ))}
      </PlainTable>
      {edited !== null && <TeamDialog team={edited} onClose={() => setEdited(null)} />}
    </Card>
  );
}
