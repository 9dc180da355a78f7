import type { Explanation } from '@descent/client';
import { formatCount, formatReal } from '../format/number.ts';

type TensorSummary = Explanation['leaves'][number]['value'];

interface TensorViewProps {
  readonly name: string;
  readonly tensor: TensorSummary;
}

const mostColumns = 10;

/** A tensor in numbers: all of a small one as rows and columns, statistics and some elements of a larger one. */
export function TensorView({ name, tensor }: TensorViewProps) {
  const { shape, elements, statistics, values, sample } = tensor;
  const width = shape.at(-1) ?? 1;
  const shapeText = shape.length === 0 ? 'number' : shape.join(' × ');
  return (
    <div>
      <h4 className="flex items-baseline justify-between gap-2 text-sm">
        <span className="font-medium">{name}</span>
        <span className="font-mono text-ink-faint">{shapeText}</span>
      </h4>
      {values !== null && width <= mostColumns ? (
        <div className="mt-1 overflow-x-auto rounded-lg bg-sunken p-2">
          <table className="font-mono text-sm tabular-nums">
            <tbody>
              {rowsOf(values, width).map(({ start, cells }) => (
                <tr key={start}>
                  {cells.map(({ place, value }) => (
                    <td key={place} className="px-1.5 text-right">
                      {formatReal(value)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <>
          <dl className="mt-1 grid grid-cols-2 gap-x-4 rounded-lg bg-sunken px-3 py-2 font-mono text-sm">
            {(
              [
                ['mean', statistics.mean],
                ['sd', statistics.standardDeviation],
                ['min', statistics.minimum],
                ['max', statistics.maximum],
                ['L2 norm', statistics.norm],
              ] as const
            ).map(([label, value]) => (
              <div key={label} className="flex justify-between gap-2">
                <dt className="text-ink-faint">{label}</dt>
                <dd>{value === null ? '–' : formatReal(value)}</dd>
              </div>
            ))}
            <div className="flex justify-between gap-2">
              <dt className="text-ink-faint">zero</dt>
              <dd>{(statistics.zeroShare * 100).toFixed(1)}%</dd>
            </div>
          </dl>
          {sample !== null && (
            <details className="mt-1 text-sm">
              <summary className="text-ink-soft">
                {sample.length} of {formatCount(elements)} elements
              </summary>
              <ul className="mt-1 max-h-40 overflow-y-auto font-mono">
                {sample.map(({ index, value }) => (
                  <li key={index.join()} className="flex justify-between gap-3">
                    <span className="text-ink-faint">[{index.join(', ')}]</span>
                    <span>{formatReal(value)}</span>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </>
      )}
      {statistics.nanCount + statistics.infiniteCount > 0 && (
        <p className="mt-1 text-sm text-bad">
          {statistics.nanCount} NaN, {statistics.infiniteCount} infinite
        </p>
      )}
    </div>
  );
}

function rowsOf(values: NonNullable<TensorSummary['values']>, width: number) {
  const rows = Math.ceil(values.length / Math.max(width, 1));
  return Array.from({ length: rows }, (_, row) => {
    const start = row * width;
    return {
      start,
      cells: values.slice(start, start + width).map((value, column) => ({ place: start + column, value })),
    };
  });
}
