interface SparklineProps {
  readonly values: readonly number[];
  readonly label: string;
}

const width = 96;
const height = 24;
const margin = 2;

/** A curve as small as a word. On a logarithmic scale where all values allow it: losses fall by orders of magnitude. */
export function Sparkline({ values, label }: SparklineProps) {
  if (values.length < 2) return null;
  const scaled = values.every((value) => value > 0) ? values.map(Math.log) : values;
  const low = Math.min(...scaled);
  const high = Math.max(...scaled);
  const x = (index: number) => margin + (index * (width - 2 * margin)) / (scaled.length - 1);
  const y = (value: number) =>
    high > low ? margin + ((high - value) * (height - 2 * margin)) / (high - low) : height / 2;
  const points = scaled.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className="h-6 w-24" role="img" aria-label={label}>
      <polyline
        points={points.join(' ')}
        fill="none"
        strokeWidth="1.5"
        strokeLinejoin="round"
        className="stroke-curve-train"
      />
    </svg>
  );
}
