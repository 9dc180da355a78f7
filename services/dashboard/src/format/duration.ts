import { missing } from './number.ts';

/** 42 → `42 s`, 95 → `1 min 35 s`, 7260 → `2 h 1 min`, 200000 → `2 d 7 h`. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return missing;
  const total = Math.max(0, Math.round(seconds));
  if (total < 60) return `${total} s`;
  if (total < 3600) return pair(Math.floor(total / 60), 'min', total % 60, 's');
  const minutes = Math.floor(total / 60);
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.floor(minutes / 60);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** How long ago `time` was, in one unit: `just now`, `5 min ago`, `3 h ago`, `12 d ago`. */
export function formatAge(time: string, nowMs: number): string {
  const seconds = Math.max(0, (nowMs - Date.parse(time)) / 1000);
  if (Number.isNaN(seconds)) return missing;
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** Seconds between two instants, or null when either is missing. */
export function secondsBetween(from: string | null, to: string | number | null): number | null {
  if (from === null || to === null) return null;
  return ((typeof to === 'number' ? to : Date.parse(to)) - Date.parse(from)) / 1000;
}
