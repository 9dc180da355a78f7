import type { JobState } from '@descent/client';
import { parseStateFilter } from './state-filter.ts';

/** How the list of jobs is looked at; all of it stands in the address. */
export interface JobsView {
  readonly state: JobState | null;
  /** In the language of docs/search.md. */
  readonly words: string;
  readonly starred: boolean;
  readonly archived: boolean;
  /** A field, with `-` in front for the largest first; empty: newest first. */
  readonly sort: string;
  /** Ids of columns and names of fields, left to right. */
  readonly columns: readonly string[];
}

export const defaultColumns = [
  'state',
  'progress',
  'best',
  'loss',
  'workers',
  'time',
  'owner',
  'age',
] as const;

export function readJobsView(search: URLSearchParams): JobsView {
  const columns = search.get('columns');
  return {
    state: parseStateFilter(search.get('state')),
    words: search.get('q') ?? '',
    starred: search.get('starred') === '1',
    archived: search.get('archived') === '1',
    sort: search.get('sort') ?? '',
    columns: columns === null ? defaultColumns : columns.split(',').filter((name) => name !== ''),
  };
}

export interface Search {
  readonly query: string;
  /** Characters that stand before the user's words. */
  readonly offset: number;
}

/** The query that finds what is to be shown; in parentheses where there is more than the user wrote. */
export function searchOf({ words, starred, archived }: JobsView): Search {
  const filters = [...(starred ? ['starred = true'] : []), ...(archived ? ['archived = true'] : [])];
  const given = words.trim();
  if (given === '') return { query: filters.join(' and '), offset: 0 };
  const leading = words.length - words.trimStart().length;
  if (filters.length === 0) return { query: given, offset: 0 - leading };
  return { query: `(${given}) and ${filters.join(' and ')}`, offset: 1 - leading };
}

/** What a press on a column's title sorts by next: largest first, then smallest first, then as the list began. */
export function nextSort(current: string, field: string): string {
  if (current === `-${field}`) return field;
  return current === field ? '' : `-${field}`;
}

export function columnsText(columns: readonly string[]): string {
  return columns.join(',') === defaultColumns.join(',') ? '' : columns.join(',');
}
