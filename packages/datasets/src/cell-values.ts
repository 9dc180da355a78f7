/** Reading numbers, dates and booleans that stand as text. Each gives undefined for text that is none. */

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const integerPattern = /^[+-]?\d+$/;
const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const timePattern =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;
const dayMs = 86_400_000;

export function parseNumber(text: string, decimal: '.' | ','): number | undefined {
  const plain = decimal === ',' ? text.replace(',', '.') : text;
  if (decimal === ',' && text.includes('.')) return undefined;
  return numberPattern.test(plain) ? Number(plain) : undefined;
}

export function isIntegerText(text: string): boolean {
  return integerPattern.test(text);
}

/** Days since 1970-01-01 in UTC, of an ISO 8601 date or date and time; a time without zone counts as UTC. */
export function parseDate(text: string): number | undefined {
  const timed = timePattern.exec(text);
  const day = timed === null ? text : timed[1]!;
  const date = datePattern.exec(day);
  if (date === null) return undefined;
  const [year, month, dayOfMonth] = [Number(date[1]), Number(date[2]), Number(date[3])];
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, dayOfMonth);
  // 30 February would become 1 or 2 March.
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== dayOfMonth) return undefined;
  const days = midnight.getTime() / dayMs;
  if (timed === null) return days;
  const [, , hours, minutes, seconds = '0', zone = 'Z'] = timed;
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  if (h > 23 || m > 59 || s > 60) return undefined;
  return days + (h * 3600 + m * 60 + s) / 86_400 - zoneDays(zone);
}

function zoneDays(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return ((zone.startsWith('-') ? -1 : 1) * minutes) / 1440;
}

const booleans: ReadonlyMap<string, number> = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((text): [string, number] => [text, 1]),
  ...['false', 'f', 'no', 'n', '0'].map((text): [string, number] => [text, 0]),
]);

/** 0 or 1. */
export function parseBoolean(text: string): number | undefined {
  return booleans.get(text.toLowerCase());
}

/** Words that can only be a boolean: yes and no may as well be the names of classes. */
export function isTrueOrFalse(text: string): boolean {
  return /^(?:true|false)$/i.test(text);
}
