import { useEffect } from 'react';
import { formatDuration } from '../format/duration.ts';
import { formatBytes } from '../format/number.ts';
import { Card } from '../ui/card.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { Meter } from '../ui/meter.tsx';
import { Notice } from '../ui/notice.tsx';
import { InviteCard } from './invite-card.tsx';
import { MembersCard } from './members-card.tsx';
import { TokensCard } from './tokens-card.tsx';
import { usageByTeam } from './usage.ts';
import { useIdentity } from './use-identity.ts';
import { useTeams, useUsage } from './use-team.ts';

/** One's own team: what it has used of what it may, who is in it, and their tokens. */
export default function TeamPage() {
  const { data: identity, error, refetch } = useIdentity();
  const { data: teams, error: teamsError, refetch: refetchTeams } = useTeams();
  const { data: usage } = useUsage();
  const team = teams?.find(({ id }) => id === identity?.team.id);

  useEffect(() => {
    document.title = 'Team · Descent';
  }, []);

  const failed = error ?? teamsError;
  if (failed !== null || identity === undefined || team === undefined) {
    const retry = () => void Promise.all([refetch(), refetchTeams()]);
    return (
      <div className="space-y-4">
        <h1 className="text-2xl font-semibold">Team</h1>
        {failed === null ? <Loading what="team" /> : <FailureNotice error={failed} onRetry={retry} />}
      </div>
    );
  }
  const manages = identity.member.role !== 'member' && identity.token.scopes.includes('manage');
  const used = usage === undefined ? 0 : (usageByTeam(usage).get(team.id) ?? 0);
  return (
    <div className="space-y-4">
      <div>
        <h1 className="text-2xl font-semibold break-words">{team.name}</h1>
        <p className="mt-1 text-ink-soft">
          You are {identity.member.name},{' '}
          {identity.member.role === 'owner' ? 'an owner' : identity.member.role}
          {team.dueAt !== null && ` · due on ${new Date(team.dueAt).toLocaleDateString('en-GB')}`}
        </p>
      </div>
      {team.paused && <Notice tone="warn">Staff have paused this team: its jobs wait.</Notice>}
      <Card title="Used">
        <div className="grid gap-4 px-4 pb-4 sm:grid-cols-2">
          <Meter label="worker time" value={used} limit={team.budgetWorkerSeconds} format={formatDuration} />
          <Meter
            label="storage"
            value={team.storedBytes}
            limit={team.storedBytesLimit}
            format={formatBytes}
          />
        </div>
        <p className="px-4 pb-3 text-sm text-ink-faint">
          {team.runningLimit === null
            ? 'Any number of jobs may run at once'
            : `Up to ${team.runningLimit} jobs may run at once`}
          , with weight {team.weight} against other teams.
        </p>
      </Card>
      <MembersCard team={team.id} self={identity.member.id} manages={manages} />
      {manages && <InviteCard team={team.id} />}
      <TokensCard manages={identity.token.scopes.includes('manage')} owner={manages} />
    </div>
  );
}
