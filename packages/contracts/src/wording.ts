import type { FieldPath } from './field-path.ts';
import type { Finding } from './plain-data.ts';

/** A finding that names the nearest known name, in its words and for machines. */
export function suggest(
  path: FieldPath,
  below: FieldPath,
  problem: string,
  didYouMean: string | undefined,
): Finding {
  const full = [...path, ...below];
  return didYouMean === undefined
    ? { path: full, problem }
    : { path: full, problem: `${problem}; did you mean "${didYouMean}"?`, didYouMean };
}

export function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? show(values[0]) : `one of ${values.map(show).join(', ')}`;
}

export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** A value as it may stand in a message: short, and never the content of a large object. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (value === undefined) return 'nothing';
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty array' : `an array of ${count(value.length, 'element')}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
