import type { Dataset } from '@descent/client';
import { formatCount, formatScore } from '../format/number.ts';
import { Card } from '../ui/card.tsx';

type Column = NonNullable<Dataset['manifest']>['columns'][number];

/** What the manifest knows of every column; mean and deviation are of the training split. */
export function ColumnTable({ columns }: { readonly columns: readonly Column[] }) {
  return (
    <Card title="Columns">
      <div className="overflow-x-auto px-4 pb-3">
        <table className="w-full text-sm tabular-nums">
          <thead className="text-left text-xs text-ink-faint">
            <tr>
              {['name', 'holds', 'shape', 'minimum', 'maximum', 'mean', 'deviation', 'missing'].map(
                (name) => (
                  <th key={name} className="py-1 pr-4 font-normal">
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <ColumnRow key={column.name} column={column} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function ColumnRow({ column }: { readonly column: Column }) {
  const { name, shape, statistics, missing = 0 } = column;
  const { minimum, maximum, mean, standardDeviation } = statistics;
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-1 pr-4 text-left font-medium">
        {name}
      </th>
      <td className="pr-4">{holds(column)}</td>
      <td className="pr-4 whitespace-nowrap">{shape.length === 0 ? 'one' : shape.join(' × ')}</td>
      {[minimum, maximum, mean, standardDeviation].map((value, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: four numbers in a fixed order
        <td key={index} className="pr-4">
          {column.kind === 'text' ? '' : formatScore(name, value)}
        </td>
      ))}
      <td>{missing === 0 ? '' : formatCount(missing)}</td>
    </tr>
  );
}

function holds({ dtype, kind, classes }: Column): string {
  if (classes !== undefined) return `${classes.length} classes`;
  return kind ?? dtype;
}
