import type { ColumnProfile, Dataset } from '@descent/client';
import { formatCount, formatScore } from '../format/number.ts';
import { Card } from '../ui/card.tsx';
import { Histogram } from './histogram.tsx';

type Column = NonNullable<Dataset['manifest']>['columns'][number];

const heads = [
  'name',
  'holds',
  'shape',
  'minimum',
  'maximum',
  'mean',
  'deviation',
  'missing',
  'distinct',
  'values',
];

interface ColumnTableProps {
  readonly columns: readonly Column[];
  /** Of the split that is looked at; without them, what the manifest knows: mean and deviation of the training split. */
  readonly profiles: readonly ColumnProfile[] | undefined;
}

export function ColumnTable({ columns, profiles }: ColumnTableProps) {
  return (
    <Card title="Columns">
      <div className="overflow-x-auto px-4 pb-3">
        <table className="w-full text-sm tabular-nums">
          <thead className="text-left text-xs text-ink-faint">
            <tr>
              {heads.map((name) => (
                <th key={name} className="py-1 pr-4 font-normal">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <ColumnRow
                key={column.name}
                column={column}
                profile={profiles?.find(({ name }) => name === column.name)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

interface ColumnRowProps {
  readonly column: Column;
  readonly profile: ColumnProfile | undefined;
}

function ColumnRow({ column, profile }: ColumnRowProps) {
  const { name, shape } = column;
  const { statistics, missing = 0 } = profile ?? column;
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
      <td className="pr-4">{missing === 0 ? '' : formatCount(missing)}</td>
      <td className="pr-4 whitespace-nowrap">
        {profile?.distinct !== undefined &&
          `${profile.distinct.exact ? '' : 'about '}${formatCount(profile.distinct.count)}`}
      </td>
      <td>{profile?.histogram !== undefined && <Histogram of={profile.histogram} />}</td>
    </tr>
  );
}

function holds({ dtype, kind, classes }: Column): string {
  if (classes !== undefined) return `${classes.length} classes`;
  return kind ?? dtype;
}
