import type { ColumnProfile } from '@descent/client';
import { formatCount, formatReal } from '../format/number.ts';

const [barWidth, height] = [4, 20];

/** The shape of a column at a glance; the numbers are in its title. */
export function Histogram({ of }: { readonly of: NonNullable<ColumnProfile['histogram']> }) {
  const { start, width, counts } = of;
  const largest = Math.max(1, ...counts);
  const range = `${formatReal(start)} to ${formatReal(start + width * counts.length)}`;
  return (
    <svg
      role="img"
      aria-label={`Histogram from ${range}`}
      width={counts.length * barWidth}
      height={height}
      className="fill-accent"
    >
      {counts.map((count, bin) => {
        const size = (count / largest) * height;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: bins have no name but their place
          <rect key={bin} x={bin * barWidth} y={height - size} width={barWidth - 1} height={size}>
            <title>{`${formatReal(start + bin * width)} to ${formatReal(start + (bin + 1) * width)}: ${formatCount(count)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
