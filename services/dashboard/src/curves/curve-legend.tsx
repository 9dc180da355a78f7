import { formatScore } from '../format/number.ts';
import type { Readout } from './curve-plot.ts';
import { isExact } from './curve-set.ts';

interface CurveLegendProps {
  readonly metric: string;
  readonly validated: boolean;
  readonly readout: Readout | null;
}

const lines = [
  ['smooth', 'train', 'h-0.5 w-4 bg-curve-train'],
  ['train', 'raw', 'h-0.5 w-4 bg-curve-train opacity-35'],
  ['validation', 'validation', 'size-2 rounded-full bg-curve-validation'],
] as const;

/** Names the lines, and shows their values under the pointer. One line high at any width, so that nothing jumps. */
export function CurveLegend({ metric, validated, readout }: CurveLegendProps) {
  const shown = lines.filter(
    ([line]) => (line !== 'validation' || validated) && (line !== 'train' || !isExact(metric)),
  );
  return (
    <ul className="flex min-h-6 gap-x-3 overflow-hidden text-sm whitespace-nowrap text-ink-soft tabular-nums">
      {shown.map(([line, name, mark]) => (
        <li key={line} className="inline-flex items-center gap-1.5">
          <i aria-hidden="true" className={mark} />
          <span className={name === 'validation' ? 'max-sm:hidden' : ''}>{name}</span>
          {name === 'validation' && <span className="sm:hidden">val.</span>}
          {readout !== null && <span className="text-ink">{formatScore(metric, readout[line])}</span>}
        </li>
      ))}
    </ul>
  );
}
