import type { ClusterQueue } from '@descent/client';
import { formatDuration } from '../format/duration.ts';
import { Card } from '../ui/card.tsx';

/** What each team had of the workers of late, against what is its due. */
export function SharesCard({ shares }: { readonly shares: ClusterQueue['shares'] }) {
  return (
    <Card title="Fair shares">
      <ul className="space-y-3 px-4 pb-4">
        {shares.map(({ team, name, used, entitled, recentWorkerSeconds, running, waiting }) => (
          <li key={team}>
            <div className="flex flex-wrap justify-between gap-x-3 text-sm">
              <span className="max-w-64 truncate" title={name}>
                {name}
              </span>
              <span className="text-ink-soft tabular-nums">
                {percent(used)} of {percent(entitled)} due · {running} running, {waiting} waiting
              </span>
            </div>
            <div
              aria-hidden="true"
              title={`${formatDuration(recentWorkerSeconds)} of late`}
              className="relative mt-1 h-2.5 rounded-full bg-sunken"
            >
              <div
                className={`h-full rounded-full ${used > entitled ? 'bg-warn' : 'bg-accent'}`}
                style={{ width: percent(used) }}
              />
              <div className="absolute -top-0.5 h-3.5 w-0.5 bg-ink" style={{ left: percent(entitled) }} />
            </div>
          </li>
        ))}
        {shares.length === 0 && <li className="text-ink-faint">No team has jobs.</li>}
      </ul>
      {shares.length > 0 && (
        <p className="px-4 pb-3 text-sm text-ink-faint">
          The bar is what a team had of late, the mark is its due among the teams that have jobs.
        </p>
      )}
    </Card>
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
