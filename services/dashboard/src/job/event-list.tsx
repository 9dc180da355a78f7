import type { JobEvent } from '@descent/client';
import { useState } from 'react';
import { StreamMark } from '../streams/stream-mark.tsx';
import type { FollowState } from '../streams/use-follow.ts';
import { Button } from '../ui/button.tsx';
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
const types = Object.keys(looks) as JobEvent['type'][];

/** A list of thousands helps nobody, and slows the page: the search finds the others. */
const shownEvents = 300;

interface EventListProps {
  /** Newest first. */
  readonly events: readonly JobEvent[];
  readonly stream: FollowState;
}

/** What happened, newest first; narrowed by words and kind, and held still where one wants to read. */
export function EventList({ events, stream }: EventListProps) {
  const [words, setWords] = useState('');
  const [type, setType] = useState('');
  const [held, setHeld] = useState<readonly JobEvent[] | null>(null);
  const found = (held ?? events).filter((event) => matches(event, words, type));
  const behind = held === null ? 0 : events.length - held.length;
  return (
    <Card title="Events" aside={<StreamMark state={stream} />}>
      <div className="flex flex-wrap items-center gap-2 px-4 pb-2">
        <input
          type="search"
          aria-label="Search the events"
          placeholder="Search"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="min-h-9 min-w-0 flex-1 basis-32 rounded-lg border border-line-strong bg-surface px-3 py-1 text-sm"
        />
        <select
          aria-label="Kind of event"
          value={type}
          onChange={(event) => setType(event.target.value)}
          className="min-h-9 rounded-lg border border-line-strong bg-surface px-2 py-1 text-sm"
        >
          <option value="">all kinds</option>
          {types.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <Button
          className="px-2.5 text-sm"
          aria-pressed={held === null}
          onClick={() => setHeld(held === null ? events : null)}
        >
          {held === null ? 'Following' : behind === 0 ? 'Follow' : `Follow (${behind} new)`}
        </Button>
      </div>
      {/* biome-ignore-start lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by the keyboard */}
      <div
        className="max-h-96 overflow-y-auto px-4 pb-3"
        role="log"
        aria-label="Events, newest first"
        tabIndex={0}
      >
        {/* biome-ignore-end lint/a11y/noNoninteractiveTabindex: as above */}
        {found.length === 0 && (
          <p className="pb-1 text-ink-faint">
            {events.length === 0 ? 'Nothing happened yet.' : 'No event has these words.'}
          </p>
        )}
        <ol>
          {found.slice(0, shownEvents).map((event) => (
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
        {found.length > shownEvents && (
          <p className="pt-2 text-sm text-ink-faint">
            {found.length - shownEvents} older ones are not shown.
          </p>
        )}
      </div>
    </Card>
  );
}

function matches({ type, message }: JobEvent, words: string, wanted: string): boolean {
  const text = `${type} ${message}`.toLowerCase();
  return (
    (wanted === '' || type === wanted) &&
    words
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  );
}
