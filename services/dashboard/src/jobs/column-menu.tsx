import type { Job } from '@descent/client';
import { useMemo, useState } from 'react';
import { columnOf, knownColumns } from './columns.tsx';
import { columnFields } from './fields.ts';
import { columnsText, defaultColumns } from './view.ts';

/** Settings are looked for in so many jobs: comparing thousands would make the menu slow to open. */
const mostCompared = 100;

interface ColumnMenuProps {
  readonly jobs: readonly Job[];
  readonly columns: readonly string[];
  readonly onChange: (columns: string) => void;
}

/** Which columns the table has: what every job has, its metrics, and the settings in which the listed jobs differ. */
export function ColumnMenu({ jobs, columns, onChange }: ColumnMenuProps) {
  const [open, setOpen] = useState(false);
  const fields = useMemo(() => (open ? columnFields(jobs.slice(0, mostCompared)) : []), [open, jobs]);
  const names = [...new Set([...Object.keys(knownColumns), ...fields, ...columns])];

  function toggle(name: string, shown: boolean) {
    onChange(columnsText(shown ? [...columns, name] : columns.filter((other) => other !== name)));
  }

  return (
    <details className="relative max-sm:hidden" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="grid min-h-9 list-none place-items-center rounded-lg border border-line-strong bg-surface px-3 text-sm font-medium hover:bg-sunken">
        Columns
      </summary>
      {open && (
        <fieldset className="absolute right-0 z-10 mt-1 max-h-96 w-80 overflow-y-auto rounded-xl border border-line bg-surface p-2 text-sm shadow-xl">
          <legend className="sr-only">Columns of the table</legend>
          {names.map((name) => (
            <label key={name} className="flex items-center gap-2 rounded px-2 py-1 hover:bg-sunken">
              <input
                type="checkbox"
                checked={columns.includes(name)}
                onChange={(event) => toggle(name, event.target.checked)}
                className="size-4 shrink-0 accent-accent"
              />
              <span className="min-w-0 break-words">
                {Object.hasOwn(knownColumns, name) ? columnOf(name).title : name}
              </span>
            </label>
          ))}
          <button
            type="button"
            onClick={() => onChange(columnsText(defaultColumns))}
            className="mt-1 w-full rounded px-2 py-1.5 text-left text-accent hover:bg-sunken"
          >
            As at the beginning
          </button>
        </fieldset>
      )}
    </details>
  );
}
