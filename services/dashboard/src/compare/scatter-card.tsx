import type { Job } from '@descent/client';
import { formatReal } from '../format/number.ts';
import { metricLabel } from '../jobs/summary.ts';
import { Card } from '../ui/card.tsx';
import { Choice } from '../ui/choice.tsx';
import { useView } from '../ui/use-view.ts';
import { colourOf } from './palette.ts';
import { type Dimension, placesOn } from './points.ts';

interface ScatterCardProps {
  readonly jobs: readonly Job[];
  readonly dimensions: readonly Dimension[];
}

const width = 480;
const height = 260;
const margin = { left: 8, right: 8, top: 12, bottom: 12 } as const;

/** One point per job: what came out against a setting. */
export function ScatterCard({ jobs, dimensions }: ScatterCardProps) {
  const [view, change] = useView();
  const names = dimensions.map(({ name }) => name);
  const find = (name: string | null) => dimensions.find((one) => one.name === name);
  const x = find(view.get('across')) ?? dimensions.find(({ kind }) => kind === 'setting') ?? dimensions[0];
  const y = find(view.get('up')) ?? dimensions.findLast(({ kind }) => kind === 'score') ?? dimensions.at(-1);
  if (x === undefined || y === undefined) return null;
  const xs = placesOn(x.values);
  const ys = placesOn(y.values);
  return (
    <Card
      title="Scatter"
      aside={
        <span className="flex flex-wrap gap-3">
          <Choice label="across" value={x.name} options={names} onChange={(across) => change({ across })} />
          <Choice label="up" value={y.name} options={names} onChange={(up) => change({ up })} />
        </span>
      }
    >
      <div className="px-4 pb-4">
        <svg
          viewBox={`0 0 ${width} ${height}`}
          className="w-full rounded-lg bg-sunken"
          role="img"
          aria-label={`${metricLabel(y.name)} against ${x.name}, one point per job`}
        >
          {jobs.map((job, place) => {
            const [across, up] = [xs[place], ys[place]];
            if (across === null || across === undefined || up === null || up === undefined) return null;
            return (
              <circle
                key={job.id}
                cx={margin.left + across * (width - margin.left - margin.right)}
                cy={height - margin.bottom - up * (height - margin.top - margin.bottom)}
                r="7"
                style={{ fill: colourOf(place) }}
              >
                <title>
                  {`${job.name}: ${x.name} ${formatReal(x.values[place] ?? Number.NaN)}, ${y.name} ${formatReal(y.values[place] ?? Number.NaN)}`}
                </title>
              </circle>
            );
          })}
        </svg>
        <p className="flex justify-between pt-1 text-xs text-ink-faint tabular-nums">
          <span>
            → {x.name}: {rangeText(x)}
          </span>
          <span>
            ↑ {metricLabel(y.name)}: {rangeText(y)}
          </span>
        </p>
      </div>
    </Card>
  );
}

function rangeText({ values }: Dimension): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return '–';
  return `${formatReal(Math.min(...known))} to ${formatReal(Math.max(...known))}`;
}
