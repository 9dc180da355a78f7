import type { Job } from '@descent/client';
import { formatCount } from '../format/number.ts';
import { metricLabel } from '../jobs/summary.ts';
import { Card } from '../ui/card.tsx';

/** Tables of the latest evaluation, such as the confusion matrix: rows are labels, columns guesses. */
export function ScoreTables({ job }: { readonly job: Job }) {
  return Object.entries(job.tables ?? {}).map(([name, { rows, columns, values }]) => (
    <Card key={name} title={metricLabel(name)}>
      <div className="overflow-x-auto px-4 pb-4">
        <table className="text-right text-sm tabular-nums">
          <thead className="text-ink-faint">
            <tr>
              <th className="px-2 py-1 text-left font-normal">label ╲ guess</th>
              {columns.map((column) => (
                <th key={column} className="max-w-24 truncate px-2 py-1 font-normal" title={column}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={row}>
                <th scope="row" className="max-w-32 truncate px-2 py-1 text-left font-normal" title={row}>
                  {row}
                </th>
                {(values[index] ?? []).map((count, column) => (
                  <td
                    key={columns[column]}
                    className="px-2 py-1"
                    style={{ background: cellColour(count, values[index] ?? [], row === columns[column]) }}
                  >
                    {formatCount(count)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  ));
}

/** Depth by the share of the row: right guesses in green, wrong ones in red. */
function cellColour(count: number, row: readonly number[], right: boolean): string {
  const share =
    count /
    Math.max(
      1,
      row.reduce((sum, value) => sum + value, 0),
    );
  const depth = right ? share * 60 : Math.min(share * 4, 1) * 60;
  return `color-mix(in oklab, var(${right ? '--good' : '--bad'}) ${Math.round(depth)}%, transparent)`;
}
