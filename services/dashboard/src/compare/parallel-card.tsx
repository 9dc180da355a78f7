import type { Job } from '@descent/client';
import { formatReal } from '../format/number.ts';
import { metricLabel } from '../jobs/summary.ts';
import { Card } from '../ui/card.tsx';
import { colourOf } from './palette.ts';
import { type Dimension, placesOn } from './points.ts';

interface ParallelCardProps {
  readonly jobs: readonly Job[];
  readonly dimensions: readonly Dimension[];
}

/** More axes than these cannot be read side by side. */
const mostAxes = 10;
const height = 240;
const spacing = 130;

/** One line per job, across an axis for every setting and score. */
export function ParallelCard({ jobs, dimensions }: ParallelCardProps) {
  // What came out stands on the right, and always.
  const scores = dimensions.filter(({ kind }) => kind === 'score');
  const settings = dimensions.filter(({ kind }) => kind === 'setting').slice(0, mostAxes - scores.length);
  const axes = [...settings, ...scores].map((axis) => ({ ...axis, places: placesOn(axis.values) }));
  if (axes.length < 2) return null;
  const width = spacing * axes.length;
  const x = (index: number) => spacing * (index + 0.5);
  const y = (place: number) => 36 + (1 - place) * (height - 64);
  return (
    <Card title="Parallel coordinates">
      {/* biome-ignore-start lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section aria-label="Parallel coordinates, drawing" tabIndex={0} className="overflow-x-auto px-4 pb-4">
        {/* biome-ignore-end lint/a11y/noNoninteractiveTabindex: as above */}
        <svg
          viewBox={`0 0 ${width} ${height}`}
          style={{ minWidth: width * 0.75, maxWidth: width * 1.2 }}
          className="mx-auto w-full"
          role="img"
          aria-label={`A line per job across ${axes.map(({ name }) => name).join(', ')}`}
        >
          {axes.map(({ name, values }, index) => {
            const known = values.filter((value) => value !== null);
            return (
              <g key={name} className="fill-ink-soft" fontSize="11" textAnchor="middle">
                <line x1={x(index)} x2={x(index)} y1={y(1)} y2={y(0)} className="stroke-line-strong" />
                <text x={x(index)} y="14" className="fill-ink">
                  {shorten(metricLabel(name.split('.').at(-1) ?? name))}
                  <title>{name}</title>
                </text>
                <text x={x(index)} y="29">
                  {known.length === 0 ? '' : formatReal(Math.max(...known))}
                </text>
                <text x={x(index)} y={height - 10}>
                  {known.length === 0 ? '' : formatReal(Math.min(...known))}
                </text>
              </g>
            );
          })}
          {jobs.map((job, place) => (
            <polyline
              key={job.id}
              points={axes
                .flatMap(({ places }, index) => {
                  const at = places[place];
                  return at === null || at === undefined ? [] : [`${x(index)},${y(at)}`];
                })
                .join(' ')}
              fill="none"
              strokeWidth="2.5"
              strokeLinejoin="round"
              style={{ stroke: colourOf(place) }}
            >
              <title>{job.name}</title>
            </polyline>
          ))}
        </svg>
      </section>
    </Card>
  );
}

function shorten(text: string): string {
  return text.length > 18 ? `${text.slice(0, 17)}…` : text;
}
