import type { JobSummary } from '@descent/storage';
import type { Query } from './parse-query.ts';
import type { Scalar } from './query-fields.ts';
import type { Comparator } from './read-tokens.ts';

/** Whether a job is an answer. `a != b` is `not (a = b)`; every other comparison needs a value to be true. */
export function matches(query: Query, job: JobSummary, callerId: string): boolean {
  switch (query.type) {
    case 'all':
      return true;
    case 'and':
      return query.parts.every((part) => matches(part, job, callerId));
    case 'or':
      return query.parts.some((part) => matches(part, job, callerId));
    case 'not':
      return !matches(query.part, job, callerId);
    case 'text':
      return [job.name, job.id, job.notes, ...job.tags].some((text) => holds('~', text, query.text));
    case 'compare': {
      const { field, comparator, value } = query;
      const values = field.read(job, callerId);
      if (comparator === '!=') return !values.some((one) => holds('=', one, value));
      return values.some((one) => holds(comparator, one, value));
    }
    default:
      return query satisfies never;
  }
}

function holds(comparator: Exclude<Comparator, '!='>, given: Scalar, wanted: Scalar): boolean {
  if (comparator === '~') return fold(given).includes(fold(wanted));
  if (comparator === '=') return typeof given === 'string' ? fold(given) === fold(wanted) : given === wanted;
  if (typeof given !== 'number' || typeof wanted !== 'number') return false;
  switch (comparator) {
    case '>':
      return given > wanted;
    case '>=':
      return given >= wanted;
    case '<':
      return given < wanted;
    case '<=':
      return given <= wanted;
    default:
      return comparator satisfies never;
  }
}

function fold(value: Scalar): string {
  return String(value).toLowerCase();
}

/** Whether a query asks about a field, so that what is left out by default is not. */
export function asksAbout(query: Query, name: string): boolean {
  switch (query.type) {
    case 'all':
    case 'text':
      return false;
    case 'and':
    case 'or':
      return query.parts.some((part) => asksAbout(part, name));
    case 'not':
      return asksAbout(query.part, name);
    case 'compare':
      return query.field.name === name;
    default:
      return query satisfies never;
  }
}

/** Whether answering it needs what the requests set. */
export function needsParameters(query: Query): boolean {
  switch (query.type) {
    case 'all':
    case 'text':
      return false;
    case 'and':
    case 'or':
      return query.parts.some(needsParameters);
    case 'not':
      return needsParameters(query.part);
    case 'compare':
      return query.field.kind === 'any';
    default:
      return query satisfies never;
  }
}
