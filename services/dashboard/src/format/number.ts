/** What stands where a value is not known yet. */
export const missing = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const percent = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

/** 1234567 → `1,234,567`. */
export function formatCount(value: number): string {
  return whole.format(value);
}

/** 1234567 → `1.23M`; for parameters, FLOPs, rates. */
export function formatCompact(value: number): string {
  return compact.format(value);
}

/** Metrics that are shares of samples. */
const shares = /(accuracy|precision|recall|f1)$/i;

/** A loss or metric: shares in percent, all else to four significant digits. */
export function formatScore(name: string, value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return missing;
  if (shares.test(name)) return percent.format(value);
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)) return value.toExponential(2);
  return value.toPrecision(4);
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function formatBytes(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${byteUnits[unit]}`;
}

/** A number of the service, in which JSON's missing words are text: 0.1234, 1.23e-4, NaN. */
export function formatReal(value: number | string): string {
  if (typeof value === 'string') return value;
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}
