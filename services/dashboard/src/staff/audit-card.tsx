import { useInfiniteQuery } from '@tanstack/react-query';
import { formatAge } from '../format/duration.ts';
import { useClient } from '../session/session.ts';
import { useTeams } from '../team/use-team.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Choice } from '../ui/choice.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { PlainTable } from '../ui/plain-table.tsx';
import { useView } from '../ui/use-view.ts';

const everyTeam = '';

/** Every change that was made through the API, newest first. */
export function AuditCard() {
  const client = useClient();
  const [view, change] = useView();
  const team = view.get('team') ?? everyTeam;
  const { data: teams = [] } = useTeams();
  const { data, error, dataUpdatedAt, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['audit', team],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      client.accounts.audit({
        signal,
        ...(team !== everyTeam && { team }),
        ...(pageParam !== null && { cursor: pageParam }),
      }),
    getNextPageParam: (page) => page.nextCursor,
  });
  const entries = data?.pages.flatMap((page) => page.entries);
  return (
    <Card
      title="Audit log"
      aside={
        <Choice
          label="team"
          value={team}
          options={[everyTeam, ...teams.map(({ id }) => id)]}
          words={Object.fromEntries([[everyTeam, 'all'], ...teams.map(({ id, name }) => [id, name])])}
          onChange={(next) => change({ team: next })}
        />
      }
    >
      {error !== null && <FailureNotice error={error} />}
      <PlainTable label="Audit log" columns={['when', 'what', 'on', 'by', 'answer#']}>
        {entries?.map(({ requestId, time, action, object, member, statusCode }) => (
          <tr key={requestId}>
            <td title={time}>{formatAge(time, dataUpdatedAt)}</td>
            <th scope="row">{action}</th>
            <td className="font-mono text-sm text-ink-soft">{object ?? '–'}</td>
            <td className="font-mono text-sm text-ink-soft">{member ?? '–'}</td>
            <td className={`text-right tabular-nums ${statusCode >= 400 ? 'text-bad' : ''}`}>{statusCode}</td>
          </tr>
        ))}
      </PlainTable>
      {entries?.length === 0 && <p className="px-4 pb-4 text-ink-faint">Nothing was changed yet.</p>}
      {hasNextPage && (
        <div className="p-3 text-center">
          <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? 'Loading…' : 'Show older changes'}
          </Button>
        </div>
      )}
    </Card>
  );
}
