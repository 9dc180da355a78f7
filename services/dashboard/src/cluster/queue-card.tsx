import type { ClusterQueue } from '@descent/client';
import { Link } from 'wouter';
import { formatDuration, secondsBetween } from '../format/duration.ts';
import { missing } from '../format/number.ts';
import { Card } from '../ui/card.tsx';
import { PlainTable } from '../ui/plain-table.tsx';
import { StateBadge } from '../ui/state-badge.tsx';

interface QueueCardProps {
  readonly queue: ClusterQueue;
  readonly nowMs: number;
}

/** The jobs with a place, then those in line with the reason why they wait. */
export function QueueCard({ queue: { running, waiting, others }, nowMs }: QueueCardProps) {
  const entries = [...running, ...waiting];
  const hidden = others.running + others.waiting;
  return (
    <Card title="Queue">
      {entries.length === 0 ? (
        <p className="px-4 pb-4 text-ink-faint">
          {hidden === 0 ? 'No job runs or waits.' : 'None of your jobs runs or waits.'}
        </p>
      ) : (
        <PlainTable
          label="Queue"
          columns={['place#', 'job', 'state', 'workers#', 'done#', 'why it waits', 'ready in#']}
        >
          {entries.map((entry) => (
            <tr key={entry.job}>
              <td className="text-right tabular-nums">{entry.waiting?.position.whole ?? missing}</td>
              <th scope="row" className="max-w-64 truncate" title={entry.name}>
                <Link href={`/jobs/${entry.job}`} className="hover:underline">
                  {entry.name}
                </Link>
              </th>
              <td>
                <StateBadge state={entry.state} />
              </td>
              <td className="text-right tabular-nums">{entry.workers}</td>
              <td className="text-right tabular-nums">{Math.round(entry.progress * 100)}%</td>
              <td className="max-w-md min-w-64 text-sm whitespace-normal text-ink-soft">
                {entry.waiting?.message ?? ''}
                {entry.waiting !== null && entry.waiting.whatIf !== null && (
                  <span className="block text-ink-faint">{entry.waiting.whatIf.message}</span>
                )}
              </td>
              <td className="text-right tabular-nums">
                {formatDuration(secondsBetween(new Date(nowMs).toISOString(), entry.estimatedFinish))}
              </td>
            </tr>
          ))}
        </PlainTable>
      )}
      {hidden > 0 && (
        <p className="px-4 py-3 text-sm text-ink-faint">
          Of other teams {others.running} run and {others.waiting} wait.
        </p>
      )}
    </Card>
  );
}
