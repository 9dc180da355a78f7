import { setImmediate } from 'node:timers/promises';
import type { JobState } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type Database, type JobSummary, listSummaries } from '@descent/storage';
import { asksAbout, matches, needsParameters } from './matches.ts';
import { parseQuery, type Query } from './parse-query.ts';
import { comparePlaces, placeOf, readPlace, readSort, type SortOrder, writePlace } from './sort-order.ts';

export interface JobSearch {
  /** Left out: of every team. */
  readonly team?: string | undefined;
  readonly state?: JobState | undefined;
  readonly query?: string | undefined;
  readonly sort?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
  /** Whose stars, and who `me` is. */
  readonly callerId: string;
  readonly nowMs: number;
}

export interface FoundJobs {
  readonly ids: readonly string[];
  readonly nextCursor: string | null;
  /** False: there are more jobs than are looked at, and older ones were not. */
  readonly complete: boolean;
}

/** Jobs that a search looks at, newest first; a list in the order of creation goes on with its next page. */
export const mostSearched = 20_000;
const chunkRows = 500;

/**
 * Reads short rows in chunks and judges them here, so that a query never becomes part of a statement. Newest first it
 * stops with the page; in any other order all must be seen.
 * @throws DescentError QUERY_INVALID, REQUEST_INVALID
 */
export async function searchJobs(db: Database, search: JobSearch): Promise<FoundJobs> {
  const query = parseQuery(search.query ?? '', search.nowMs);
  const order = search.sort === undefined || search.sort === '-created' ? null : readSort(search.sort);
  const rows = rowsOf(db, search, query, order);
  return order === null ? newestFirst(rows, search) : sorted(rows, search, order);
}

interface Rows {
  readonly found: AsyncIterable<JobSummary>;
  /** Of the last row that was looked at, once `mostSearched` were: where the next page goes on. */
  stoppedAt(): string | null;
}

async function newestFirst({ found, stoppedAt }: Rows, { limit }: JobSearch): Promise<FoundJobs> {
  const ids: string[] = [];
  for await (const { id } of found) {
    if (ids.length === limit) return { ids, nextCursor: ids.at(-1) ?? null, complete: true };
    ids.push(id);
  }
  return { ids, nextCursor: stoppedAt(), complete: stoppedAt() === null };
}

async function sorted(
  { found, stoppedAt }: Rows,
  { cursor, limit, callerId }: JobSearch,
  order: SortOrder,
): Promise<FoundJobs> {
  const after = cursor === undefined ? null : readPlace(cursor);
  if (cursor !== undefined && after === null) throw foreignCursor();
  const places = [];
  for await (const job of found) {
    const place = placeOf(order, job, callerId);
    if (after === null || comparePlaces(order, place, after) > 0) places.push(place);
  }
  places.sort((a, b) => comparePlaces(order, a, b));
  const page = places.slice(0, limit);
  const last = page.at(-1);
  return {
    ids: page.map(({ id }) => id),
    nextCursor: places.length > limit && last !== undefined ? writePlace(last) : null,
    complete: stoppedAt() === null,
  };
}

function rowsOf(db: Database, search: JobSearch, query: Query, order: SortOrder | null): Rows {
  const { team, state, cursor, callerId, limit } = search;
  if (order === null && cursor !== undefined && !/^job_\w{26}$/.test(cursor)) throw foreignCursor();
  let stopped: string | null = null;
  async function* found() {
    let before = order === null ? cursor : undefined;
    let looked = 0;
    const chunk = order === null && query.type === 'all' ? limit + 1 : chunkRows;
    for (;;) {
      const rows = await listSummaries(db, {
        ...(team !== undefined && { team }),
        ...(state !== undefined && { state }),
        ...(!asksAbout(query, 'archived') && { archived: false }),
        ...(before !== undefined && { before }),
        limit: Math.min(chunk, mostSearched - looked),
        memberId: callerId,
        withParameters: needsParameters(query) || order?.field.kind === 'any',
      });
      for (const row of rows) if (matches(query, row, callerId)) yield row;
      looked += rows.length;
      before = rows.at(-1)?.id;
      if (rows.length < chunk && looked < mostSearched) return;
      if (looked >= mostSearched) {
        stopped = before ?? null;
        return;
      }
      // Other requests are answered in between.
      await setImmediate();
    }
  }
  return { found: found(), stoppedAt: () => stopped };
}

function foreignCursor(): DescentError {
  return new DescentError('REQUEST_INVALID', {
    path: 'cursor',
    problem: 'is not the nextCursor of a page in this order',
  });
}
