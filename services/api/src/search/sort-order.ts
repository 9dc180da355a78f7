import type { JobSummary } from '@descent/storage';
import { type Field, findField, type Scalar } from './query-fields.ts';
import { queryInvalid } from './query-invalid.ts';

export interface SortOrder {
  readonly field: Field;
  readonly descending: boolean;
}

/** A place in a sorted list: behind the job with this value and id. A job without a value has null. */
export interface SortPlace {
  readonly value: Scalar | null;
  readonly id: string;
}

/** @param sort a field, with `-` in front for the largest first @throws DescentError QUERY_INVALID */
export function readSort(sort: string): SortOrder {
  const descending = sort.startsWith('-');
  const name = descending ? sort.slice(1) : sort;
  const field = findField(name);
  const where = { at: sort.length - name.length, length: name.length };
  if ('problem' in field) throw queryInvalid(where, field.problem, field.didYouMean);
  return { field, descending };
}

export function placeOf({ field }: SortOrder, job: JobSummary, callerId: string): SortPlace {
  const [value = null] = field.read(job, callerId);
  return { value: typeof value === 'string' ? value.toLowerCase() : value, id: job.id };
}

/** Jobs without a value come last in either direction; among equals the newest first. */
export function comparePlaces({ descending }: SortOrder, a: SortPlace, b: SortPlace): number {
  if (a.value === null || b.value === null) {
    if (a.value !== b.value) return a.value === null ? 1 : -1;
  } else if (a.value !== b.value) {
    return compareValues(a.value, b.value) * (descending ? -1 : 1);
  }
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** Numbers before texts before truth values: one setting may be either in different jobs. */
function compareValues(a: Scalar, b: Scalar): number {
  if (typeof a !== typeof b) return typeof a < typeof b ? -1 : 1;
  return a < b ? -1 : 1;
}

export function writePlace(place: SortPlace): string {
  return Buffer.from(JSON.stringify([place.value, place.id])).toString('base64url');
}

/** Null: it is none of ours. */
export function readPlace(text: string): SortPlace | null {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (!Array.isArray(read) || read.length !== 2) return null;
    const [value, id] = read as [unknown, unknown];
    const isValue = value === null || ['string', 'number', 'boolean'].includes(typeof value);
    return isValue && typeof id === 'string' ? { value: value as Scalar | null, id } : null;
  } catch {
    return null;
  }
}
