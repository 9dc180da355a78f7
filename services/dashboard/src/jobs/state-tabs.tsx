import type { JobState } from '@descent/client';
import { Link } from 'wouter';
import { stateFilters } from './state-filter.ts';

/** The filter is part of the address, so a filtered list can be linked to and the back button undoes it. */
export function StateTabs({ current }: { readonly current: JobState | null }) {
  const tabs = [[null, 'All'] as const, ...stateFilters];
  return (
    <nav aria-label="Filter by state" className="-mx-4 overflow-x-auto px-4">
      <ul className="flex gap-1">
        {tabs.map(([state, label]) => (
          <li key={label}>
            <Link
              href={state === null ? '/' : `/?state=${state}`}
              aria-current={state === current ? 'page' : undefined}
              className="block rounded-full px-3 py-1.5 text-sm font-medium whitespace-nowrap text-ink-soft hover:bg-sunken aria-[current]:bg-ink aria-[current]:text-surface"
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
