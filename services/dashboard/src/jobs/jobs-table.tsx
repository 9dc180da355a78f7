import type { Job } from '@descent/client';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { columnOf } from './columns.tsx';
import { JobRow } from './job-row.tsx';
import { nextSort } from './view.ts';

/** Every row has this height, so that the place of each is known without measuring it. */
const rowHeight = 64;
/** Pixels that the name has at least. */
const nameWidth = 260;
/** Rows beyond the screen that are drawn too. */
const overscan = 8;
/** So many rows before the end the next page is asked for. */
const readAhead = 20;

interface JobsTableProps {
  readonly jobs: readonly Job[];
  readonly columns: readonly string[];
  readonly sort: string;
  readonly nowMs: number;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (ids: readonly string[], chosen: boolean) => void;
  readonly onSort: (sort: string) => void;
  /** The reader is near the end. */
  readonly onEnd: () => void;
}

/** Only the rows on the screen are drawn: a list of thousands scrolls like one of ten. */
export function JobsTable(props: JobsTableProps) {
  const { jobs, columns, sort, nowMs, chosen, onChoose, onSort, onEnd } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => {
    setScrollMargin((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: jobs.length,
    estimateSize: () => rowHeight,
    overscan,
    scrollMargin,
  });
  const rows = virtualizer.getVirtualItems();
  const shown = useMemo(() => columns.map((name) => [name, columnOf(name)] as const), [columns]);
  const lastRow = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastRow >= jobs.length - readAhead) onEnd();
  }, [lastRow, jobs.length, onEnd]);

  const before = (rows[0]?.start ?? scrollMargin) - scrollMargin;
  const after = virtualizer.getTotalSize() - ((rows.at(-1)?.end ?? scrollMargin) - scrollMargin);
  const least = nameWidth + shown.reduce((sum, [, { width }]) => sum + width, 0);
  const all = jobs.length > 0 && jobs.every(({ id }) => chosen.has(id));
  return (
    <div className="rounded-xl border border-line bg-surface overflow-x-auto">
      <table
        aria-label="Training jobs"
        aria-rowcount={jobs.length + 1}
        className="w-full text-left sm:min-w-(--least) sm:table-fixed"
        style={{ '--least': `${least}px` } as CSSProperties}
      >
        <thead className="text-sm text-ink-faint max-sm:sr-only">
          <tr aria-rowindex={1} className="border-b border-line whitespace-nowrap">
            <th className="w-10 py-2 pl-3">
              <input
                type="checkbox"
                aria-label="Choose all that are listed"
                checked={all}
                onChange={(event) =>
                  onChoose(
                    jobs.map(({ id }) => id),
                    event.target.checked,
                  )
                }
                className="size-4 accent-accent align-middle"
              />
            </th>
            <SortedHeader title="name" field="name" sort={sort} onSort={onSort} />
            {shown.map(([name, column]) => (
              <SortedHeader
                key={name}
                title={column.title}
                width={column.width}
                field={column.sort}
                numeric={column.numeric}
                sort={sort}
                onSort={onSort}
              />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {before > 0 && <Space height={before} />}
          {rows.map(({ index }) => {
            const job = jobs[index];
            return (
              job !== undefined && (
                <JobRow
                  key={job.id}
                  job={job}
                  place={index}
                  columns={shown}
                  nowMs={nowMs}
                  chosen={chosen.has(job.id)}
                  onChoose={onChoose}
                />
              )
            );
          })}
          {after > 0 && <Space height={after} />}
        </tbody>
      </table>
    </div>
  );
}

/** Stands for the rows that are not drawn. */
function Space({ height }: { readonly height: number }) {
  return (
    <tr>
      <td style={{ height }} />
    </tr>
  );
}

interface SortedHeaderProps {
  readonly title: string;
  readonly width?: number;
  readonly field: string | null;
  readonly numeric?: boolean | undefined;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

function SortedHeader({ title, width, field, numeric = false, sort, onSort }: SortedHeaderProps) {
  const order = field === null ? undefined : { [field]: 'ascending', [`-${field}`]: 'descending' }[sort];
  return (
    <th
      style={{ width }}
      aria-sort={order as 'ascending' | 'descending' | undefined}
      className={`px-3 py-2 font-normal ${numeric ? 'text-right' : ''}`}
    >
      {field === null ? (
        title
      ) : (
        <button
          type="button"
          title={`Sort by ${title}`}
          onClick={() => onSort(nextSort(sort, field))}
          className="rounded hover:text-ink hover:underline"
        >
          {title}
          <span aria-hidden="true">{order === undefined ? '' : order === 'ascending' ? ' ↑' : ' ↓'}</span>
        </button>
      )}
    </th>
  );
}
