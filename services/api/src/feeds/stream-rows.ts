import type { JobState } from '@descent/contracts';
import { hasEnded } from '../jobs/job-state.ts';
import type { Feeds } from './feeds.ts';

export interface StreamSource<Row extends { readonly sequence: number }> {
  readonly jobId: string;
  /** Sequence of the last row that the reader has. */
  readonly after: number;
  /** The state of the job and then the rows: those of the transaction that ended it are read after it. */
  look(page: {
    readonly after: number;
    readonly limit: number;
  }): Promise<{ readonly state: JobState; readonly rows: readonly Row[] }>;
  readonly signal: AbortSignal;
  readonly heartbeatMs?: number;
}

const pageRows = 500;

/**
 * A job's rows as `text/event-stream`: first those that are stored, then each as it comes, without gap or double; a
 * comment when nothing came for `heartbeatMs`; at last `event: end` once the job has ended and all is sent.
 * Each page is read when the reader has taken the one before: nothing piles up for a slow reader.
 */
export async function* streamRows<Row extends { readonly sequence: number }>(
  feeds: Feeds,
  source: StreamSource<Row>,
): AsyncGenerator<string, void, undefined> {
  const subscription = feeds.subscribe(source.jobId);
  const stop = () => subscription.close();
  source.signal.addEventListener('abort', stop, { once: true });
  if (source.signal.aborted) stop();
  try {
    let after = source.after;
    yield 'retry: 1000\n\n';
    for (;;) {
      const { state, rows } = await source.look({ after, limit: pageRows });
      if (rows.length > 0) {
        yield rows.map((row) => `id: ${row.sequence}\ndata: ${JSON.stringify(row)}\n\n`).join('');
        after = rows[rows.length - 1]?.sequence ?? after;
        if (rows.length === pageRows) continue;
      }
      if (hasEnded(state)) {
        yield `event: end\ndata: ${JSON.stringify({ state })}\n\n`;
        return;
      }
      const news = await subscription.next(source.heartbeatMs ?? 15_000);
      if (news === 'closed') return;
      if (news === 'timeout') yield ': still here\n\n';
    }
  } finally {
    source.signal.removeEventListener('abort', stop);
    subscription.close();
  }
}
