import type { JobState } from '@descent/client';
import { useView } from '../ui/use-view.ts';
import { stateFilters } from './state-filter.ts';
import type { JobsView } from './view.ts';

const pill =
  'block rounded-full px-3 py-1.5 text-sm font-medium whitespace-nowrap text-ink-soft hover:bg-sunken aria-[current]:bg-ink aria-[current]:text-surface aria-pressed:bg-ink aria-pressed:text-surface';

/** The filters are part of the address, so a filtered list can be linked to and the back button undoes them. */
export function StateTabs({ view: { state: current, starred, archived } }: { readonly view: JobsView }) {
  const [, change] = useView();
  const tabs = [[null, 'All'] as [JobState | null, string], ...stateFilters];
  const push = { push: true };
  return (
    <nav aria-label="Filter the jobs" className="-mx-4 overflow-x-auto px-4">
      <ul className="flex gap-1">
        {tabs.map(([state, label]) => (
          <li key={label}>
            <button
              type="button"
              aria-current={state === current ? 'page' : undefined}
              onClick={() => change({ state }, push)}
              className={pill}
            >
              {label}
            </button>
          </li>
        ))}
        <li aria-hidden="true" className="mx-1 border-l border-line" />
        <li>
          <button
            type="button"
            aria-pressed={starred}
            onClick={() => change({ starred: starred ? null : '1' }, push)}
            className={pill}
          >
            Starred
          </button>
        </li>
        <li>
          <button
            type="button"
            aria-pressed={archived}
            onClick={() => change({ archived: archived ? null : '1' }, push)}
            className={pill}
          >
            Archive
          </button>
        </li>
      </ul>
    </nav>
  );
}
