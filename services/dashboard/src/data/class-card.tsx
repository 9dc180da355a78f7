import type { ColumnProfile } from '@descent/client';
import { formatCount } from '../format/number.ts';
import { Card } from '../ui/card.tsx';

/** How many samples each of the most frequent values of a column has. */
export function ClassCard({ column }: { readonly column: ColumnProfile }) {
  const { name, top = [], distinct } = column;
  const largest = Math.max(1, ...top.map(({ count }) => count));
  const more = (distinct?.count ?? top.length) - top.length;
  return (
    <Card title={`Classes of ${name}`}>
      <dl className="grid grid-cols-[auto_1fr_auto] items-center gap-x-3 gap-y-1 px-4 pb-3 text-sm">
        {top.map(({ value, count }) => (
          <div key={value} className="col-span-3 grid grid-cols-subgrid items-center">
            <dt className="max-w-40 truncate" title={value}>
              {value}
            </dt>
            <dd
              aria-hidden
              className="h-3 rounded bg-accent"
              style={{ width: `${(count / largest) * 100}%` }}
            />
            <dd className="text-right tabular-nums">{formatCount(count)}</dd>
          </div>
        ))}
      </dl>
      {more > 0 && <p className="px-4 pb-3 text-sm text-ink-soft">and {formatCount(more)} more</p>}
    </Card>
  );
}
