import { Readable } from 'node:stream';
import { validate } from '@descent/contracts';
import { type Database, readEvents, readPoints } from '@descent/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { streamRows } from '../feeds/stream-rows.ts';
import { callerOf } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { type ComponentName, failures, ref } from '../http/schemas.ts';
import { requireJob } from '../jobs/require-job.ts';
import { JobParams, SequencePage } from './params.ts';
import type { Routes } from './routes.ts';

type Row = { readonly sequence: number };
interface Stream {
  readonly name: 'events' | 'metrics';
  readonly key: 'events' | 'points';
  readonly item: ComponentName;
  readonly operationId: string;
  readonly summary: string;
  read(db: Database, jobId: string, page: { after: number; limit: number }): Promise<Row[]>;
}

const streams: readonly Stream[] = [
  {
    name: 'events',
    key: 'events',
    item: 'JobEvent',
    operationId: 'getJobEvents',
    summary: 'What happened to a job',
    read: readEvents,
  },
  {
    name: 'metrics',
    key: 'points',
    item: 'MetricPoint',
    operationId: 'getJobMetrics',
    summary: 'Loss and metrics of a job, point by point',
    read: readPoints,
  },
];

const Headers = Type.Object({
  'last-event-id': Type.Optional(Type.String({ description: 'Sequence to go on after; wins over `after`' })),
});

export function followJobsRoutes(app: Routes, context: Context): void {
  for (const stream of streams) {
    app.get(
      `/jobs/:id/${stream.name}`,
      {
        config: requires('read', { object: 'job' }),
        schema: {
          operationId: stream.operationId,
          summary: stream.summary,
          description:
            'JSON by default, a page at a time. With `Accept: text/event-stream` all that is stored and then each new one as ' +
            'it comes: `id` is the sequence, `data` the item; a comment keeps the connection open every 15 s, and ' +
            '`event: end` says that the job has ended and all was sent. Reconnect with `Last-Event-ID`.',
          tags: ['jobs'],
          params: JobParams,
          querystring: SequencePage,
          headers: Headers,
          response: {
            200: {
              description: 'A page, or the stream',
              content: {
                'application/json': { schema: pageSchema(stream) },
                'text/event-stream': { schema: { type: 'string' } },
              },
            },
            ...failures(404, 422),
          },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await requireJob(context.db, id);
        const { limit = 1000 } = request.query;
        const after = lastEventId(request) ?? request.query.after ?? 0;
        if (wantsStream(request)) return sendStream(context, stream, { jobId: id, after, request, reply });
        const rows = await stream.read(context.db, id, { after, limit });
        return { [stream.key]: rows, nextAfter: rows.at(-1)?.sequence ?? after };
      },
    );
  }
}

function pageSchema({ key, item }: Stream): object {
  return {
    type: 'object',
    required: [key, 'nextAfter'],
    properties: {
      [key]: { type: 'array', items: ref(item) },
      nextAfter: { type: 'integer', description: '`after` of the next page' },
    },
  };
}

function wantsStream(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('text/event-stream');
}

function lastEventId(request: FastifyRequest): number | null {
  const text = request.headers['last-event-id'];
  if (text === undefined || text === '') return null;
  return validate(Type.Integer({ minimum: 0 }), Number(text), ['Last-Event-ID']);
}

function sendStream(
  context: Context,
  stream: Stream,
  reader: { jobId: string; after: number; request: FastifyRequest; reply: FastifyReply },
): FastifyReply {
  const { jobId, after, request, reply } = reader;
  const gone = new AbortController();
  const ended = context.streams.open(callerOf(request), () => {
    gone.abort();
    // A reader that does not read would hold it open.
    setTimeout(() => reply.raw.destroy(), 1000).unref();
  });
  const readers = context.metrics.streamReaders.labels(stream.name);
  readers.inc();
  // `close` of the answer comes once, whether the reader left or the stream ended.
  reply.raw.once('close', () => {
    ended();
    gone.abort();
    readers.dec();
  });
  const rows = streamRows(context.feeds, {
    jobId,
    after,
    look: (page) =>
      context.feeds.share(jobId, `${stream.name} ${page.after}`, async () => ({
        state: (await requireJob(context.db, jobId)).state,
        rows: await stream.read(context.db, jobId, page),
      })),
    signal: gone.signal,
  });
  request.log.debug({ jobId, after }, `A reader follows the ${stream.name}`);
  return (
    reply
      .type('text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      // Proxies that collect an answer before they pass it on would stop the curves.
      .header('x-accel-buffering', 'no')
      .send(Readable.from(rows, { objectMode: false, highWaterMark: 1 }))
  );
}
