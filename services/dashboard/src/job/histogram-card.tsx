import type { JobLayers } from '@descent/client';
import { formatCount, formatReal } from '../format/number.ts';
import { Card } from '../ui/card.tsx';
import { Choice } from '../ui/choice.tsx';
import { useView } from '../ui/use-view.ts';

interface HistogramCardProps {
  readonly layers: JobLayers;
  /** The parameter that the curves are narrowed to. */
  readonly chosen: string | null;
}

const width = 640;
const height = 200;

/** How the values of one parameter spread over time: a column per measured step, dark where many values lie. */
export function HistogramCard({ layers, chosen }: HistogramCardProps) {
  const [, change] = useView();
  const names = layers.parameters.map(({ name }) => name);
  const name = chosen ?? names[0];
  const columns = layers.histograms.flatMap(({ step, parameters }) => {
    const histogram = name === undefined ? undefined : parameters[name];
    return histogram === undefined ? [] : [{ step, ...histogram }];
  });
  const first = columns[0];
  const last = columns.at(-1);
  if (name === undefined || first === undefined || last === undefined) return null;
  const low = Math.min(...columns.map((column) => column.low));
  const high = Math.max(...columns.map((column) => column.high));
  const y = (value: number) => (high > low ? height * (1 - (value - low) / (high - low)) : height / 2);
  const columnWidth = width / columns.length;
  return (
    <Card
      title="Values over time"
      aside={
        <Choice
          label="parameter"
          value={name}
          options={names}
          onChange={(parameter) => change({ parameter })}
        />
      }
    >
      <div className="px-4 pb-4">
        <div className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-2 text-xs text-ink-faint tabular-nums">
          <div className="flex flex-col justify-between text-right">
            <span>{formatReal(high)}</span>
            <span>{formatReal(low)}</span>
          </div>
          <svg
            viewBox={`0 0 ${width} ${height}`}
            preserveAspectRatio="none"
            className="h-48 w-full rounded bg-sunken"
            role="img"
            aria-label={`Values of ${name} from step ${first.step} to step ${last.step}: now between ${formatReal(last.low)} and ${formatReal(last.high)}`}
          >
            {columns.map(({ step, counts, low: bottom, high: top }, place) => {
              const most = Math.max(...counts, 1);
              const bin = (top - bottom) / counts.length;
              return (
                <g key={step}>
                  {counts.map((count, index) => {
                    if (count === 0) return null;
                    const upper = y(bottom + (index + 1) * bin);
                    return (
                      <rect
                        // biome-ignore lint/suspicious/noArrayIndexKey: a bin has no other name than its place
                        key={index}
                        x={place * columnWidth}
                        y={bin > 0 ? upper : upper - 1}
                        width={columnWidth}
                        height={Math.max(1, y(bottom + index * bin) - upper)}
                        className="fill-accent"
                        opacity={0.08 + (0.92 * count) / most}
                      >
                        <title>{`step ${step}: ${formatCount(count)} values from ${formatReal(bottom + index * bin)} to ${formatReal(bottom + (index + 1) * bin)}`}</title>
                      </rect>
                    );
                  })}
                </g>
              );
            })}
          </svg>
          <span />
          <div className="flex justify-between pt-1">
            <span>step {formatCount(first.step)}</span>
            <span>step {formatCount(last.step)}</span>
          </div>
        </div>
      </div>
    </Card>
  );
}
