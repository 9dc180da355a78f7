import type { JobEvent } from '@descent/client';
import { StreamMark } from '../streams/stream-mark.tsx';
import type { FollowState } from '../streams/use-follow.ts';
import { Card } from '../ui/card.tsx';

const looks: Record<JobEvent['type'], string> = {
  created: 'text-idle',
  state: 'text-busy',
  'worker-joined': 'text-good',
  'worker-left': 'text-warn',
  'gradient-refused': 'text-bad',
  evaluated: 'text-curve-validation',
  checkpoint: 'text-idle',
  restarted: 'text-warn',
  alarm: 'text-bad',
  log: 'text-idle',
};

interface EventListProps {
  readonly events: readonly JobEvent[];
  readonly stream: FollowState;
}

/** What happened, newest first. */
export function EventList({ events, stream }: EventListProps) {
  return (
    <Card title="Events" aside={<StreamMark state={stream} />}>
      <div className="max-h-96 overflow-y-auto px-4 pb-3" role="log" aria-label="Events, newest first">
        {events.length === 0 && <p className="pb-1 text-ink-faint">Nothing happened yet.</p>}
        <ol>
          {events.map((event) => (
            <li
              key={event.sequence}
              className="grid grid-cols-[4.75rem_minmax(0,1fr)] gap-x-3 border-t border-line py-1.5 first:border-t-0 sm:grid-cols-[4.75rem_8.5rem_minmax(0,1fr)]"
            >
              <time dateTime={event.time} title={event.time} className="text-sm text-ink-faint tabular-nums">
                {new Date(event.time).toLocaleTimeString('en-GB')}
              </time>
              <span className={`text-sm ${looks[event.type]}`}>{event.type}</span>
              <span className="text-sm break-words max-sm:col-start-2">{event.message}</span>
            </li>
          ))}
        </ol>
      </div>
    </Card>
  );
}
