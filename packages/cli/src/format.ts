import type { Job, Scores } from '@descent/contracts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function count(value: number): string {
  return whole.format(value);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** Four significant digits; tiny and huge ones with an exponent. */
export function decimal(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e5 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

/** `0:07`, `12:30`, `1:02:03` */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Values of the optimizer that a metric point carries beside the scores. */
const optimizerValues: ReadonlySet<string> = new Set(['gradientNorm', 'learningRate']);

/** Metrics that are shares of samples. */
const shares = /(accuracy|precision|recall|f1)$/i;

/** `loss 0.2134, accuracy 93.75 %`: the loss first, then the metrics. */
export function scores(values: Scores, separator = ', '): string {
  const names = Object.keys(values).filter((name) => name !== 'loss' && !optimizerValues.has(name));
  const shown = ['loss', ...names].flatMap((name) => {
    const value = values[name];
    if (value === undefined) return [];
    return [`${name} ${shares.test(name) ? percent(value) : decimal(value)}`];
  });
  return shown.join(separator);
}

/** The line beside the bar. */
export function progressLine({ state, progress, latest, reason, request }: Job): string {
  if (state === 'queued' || state === 'preparing') return `${state}: ${reason}`;
  const { step, steps, epoch, epochs, samplesPerSecond, etaSeconds } = progress;
  const stepsPerSecond = samplesPerSecond / request.training.batchSize;
  return [
    `step ${count(step)}/${count(steps)}`,
    `epoch ${epoch.toFixed(2)}/${epochs}`,
    ...(latest === null ? [] : [scores(latest, '  ')]),
    `${decimal(stepsPerSecond)} it/s`,
    `${count(samplesPerSecond)} samples/s`,
    `ETA ${etaSeconds === null ? '–' : duration(etaSeconds)}`,
    ...(state === 'running' ? [] : [state]),
  ].join('  ');
}

const heights = '▁▂▃▄▅▆▇█';

/** The course of a value, oldest first, in `width` characters: each stands for the mean of its part. */
export function sparkline(values: readonly number[], width: number): string {
  const finite = values.filter(Number.isFinite);
  const columns = Math.min(width, finite.length);
  const means = Array.from({ length: columns }, (_, column) => {
    const part = finite.slice(
      Math.floor((column * finite.length) / columns),
      Math.floor(((column + 1) * finite.length) / columns),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const lowest = means.reduce((least, mean) => Math.min(least, mean), Number.POSITIVE_INFINITY);
  const highest = means.reduce((most, mean) => Math.max(most, mean), Number.NEGATIVE_INFINITY);
  const scale = highest === lowest ? 0 : (heights.length - 1) / (highest - lowest);
  return means.map((mean) => heights[Math.round((mean - lowest) * scale)]).join('');
}

/** Left-aligned columns, two spaces apart. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
