import type { ReactNode } from 'react';

interface PlainTableProps {
  readonly label: string;
  /** Titles of the columns; those that end with `#` hold numbers. */
  readonly columns: readonly string[];
  readonly children: ReactNode;
}

/** Rows of cells under titles. Scrolls sideways by itself where it is too wide. */
export function PlainTable({ label, columns, children }: PlainTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section aria-label={`${label}, table`} tabIndex={0} className="relative overflow-x-auto">
      <table className="w-full text-left whitespace-nowrap">
        <thead className="text-sm text-ink-faint">
          <tr className="border-b border-line">
            {columns.map((title) => (
              <th
                key={title}
                className={`px-3 py-1.5 font-normal first:pl-4 ${title.endsWith('#') ? 'text-right' : ''}`}
              >
                {title.startsWith('(') ? (
                  <span className="sr-only">{title.slice(1, -1)}</span>
                ) : (
                  title.replace(/#$/, '')
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="[&_td]:px-3 [&_td]:py-2 [&_th]:px-3 [&_th]:py-2 [&_tr>*:first-child]:pl-4 [&_th]:font-normal [&_tr]:border-b [&_tr]:border-line [&_tr:last-child]:border-b-0">
          {children}
        </tbody>
      </table>
    </section>
  );
}
