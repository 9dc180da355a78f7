import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import type { Job, MetricPoint } from '@descent/client';
import {
  fixtureAudit,
  fixtureIdentity,
  fixtureInvites,
  fixtureMembers,
  fixtureTeams,
  fixtureTokens,
  fixtureUsage,
} from './fixture-accounts.ts';
import { emptyQueue, fixtureAnnouncements, fixtureQueue, fixtureWorkers } from './fixture-cluster.ts';
import { fixtureDatasets } from './fixture-datasets.ts';
import fixtureGraph from './fixture-graph.json' with { type: 'json' };
import {
  fixtureCheckpoints,
  fixtureEstimate,
  fixtureEvents,
  fixtureJobs,
  jobId,
  manyJobs,
  pointAt,
} from './fixture-jobs.ts';
import { fixtureLayers, fixtureTrace, noLayers } from './fixture-layers.ts';
import { explanationOf, largeGraph } from './large-graph.ts';

export const fixtureToken = 'dsc_fixture';

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** The policy that the api sends. */
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:";

export interface FixtureServer extends AsyncDisposable {
  readonly url: string;
  /** Takes jobs, data sets and workers away, for the empty states. */
  clear(): void;
  /** From now on calls for anything but the own account fail with 503, or are never answered, for the states of errors and of loading. */
  answer(how: Answering): void;
}
export type Answering = 'well' | 'broken' | 'never';

export interface FixtureOptions {
  /** So many jobs more than one of every kind. */
  readonly more?: number;
  /** Steps of the curve; left out, what a short job has. */
  readonly steps?: number;
  /** Blocks of 20 operations in the graph; left out, a small one of two layers. */
  readonly graphBlocks?: number;
}

/** The built pages over a made-up API: one job trains on, the others show every other state. */
export async function startFixtureServer(
  dist: string,
  { more = 0, steps = 720, graphBlocks }: FixtureOptions = {},
): Promise<FixtureServer> {
  const large = graphBlocks === undefined ? null : largeGraph(graphBlocks);
  const graph = large ?? fixtureGraph.graph;
  const explanation = large === null ? fixtureGraph.explanation : explanationOf(large);
  let jobs = [...fixtureJobs(), ...manyJobs(more)];
  let empty = false;
  let answering: Answering = 'well';
  const points: MetricPoint[] = [];
  const pushStep = (step: number) => {
    points.push(pointAt(points.length + 1, step, 'train'));
    if (step % 100 === 0) points.push(pointAt(points.length + 1, step, 'validation'));
  };
  for (let step = 1; step <= steps; step++) pushStep(step);
  const training = setInterval(() => {
    const job = jobs[0];
    if (job?.state !== 'running' || job.progress.step >= job.progress.steps) return;
    const step = job.progress.step + 1;
    pushStep(step);
    const latest = points.findLast((point) => point.split === 'train')?.values ?? null;
    jobs[0] = { ...job, latest, progress: { ...job.progress, step, epoch: step / 469 } };
  }, 50);

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    response.setHeader('content-security-policy', policy);
    if (!url.pathname.startsWith('/v1/')) return void serveFile(dist, url.pathname, response);
    if (url.pathname === '/v1/sessions' && request.method === 'POST') {
      const given = await bodyOf(request);
      if (!given.includes(fixtureToken)) return refuse(response);
      response.setHeader('set-cookie', `fixture=${fixtureToken}; HttpOnly; SameSite=Strict; Path=/`);
      return json(response, {});
    }
    if (!(request.headers.cookie ?? '').includes(fixtureToken)) return refuse(response);
    if (url.pathname === '/v1/whoami') return json(response, fixtureIdentity);
    if (answering === 'broken') return fail(response, 503, 'UNAVAILABLE', 'The database cannot be reached');
    if (answering === 'never') return;
    if (url.pathname === '/v1/jobs' && request.method === 'POST')
      return json(response, { ...jobs[0], estimate: fixtureEstimate });
    if (url.pathname === '/v1/datasets') return json(response, { datasets: empty ? [] : fixtureDatasets });
    if (url.pathname === '/v1/workers') return json(response, { workers: empty ? [] : fixtureWorkers() });
    if (url.pathname === '/v1/queue') return json(response, empty ? emptyQueue : fixtureQueue());
    if (url.pathname === '/v1/announcements') return json(response, { announcements: fixtureAnnouncements });
    if (url.pathname === '/v1/teams') return json(response, { teams: fixtureTeams });
    if (/^\/v1\/teams\/\w+\/members$/.test(url.pathname)) return json(response, { members: fixtureMembers });
    if (/^\/v1\/teams\/\w+\/invites$/.test(url.pathname)) return json(response, { invites: fixtureInvites });
    if (url.pathname === '/v1/tokens') return json(response, { tokens: fixtureTokens });
    if (url.pathname === '/v1/usage') return json(response, { usage: fixtureUsage });
    if (url.pathname === '/v1/audit') return json(response, { entries: fixtureAudit, nextCursor: null });
    if (url.pathname === '/v1/models/graph') return json(response, graph);
    if (url.pathname === '/v1/models/explain') return json(response, explanation);
    const [, id, part] = /^\/v1\/jobs\/([^/]+)(?:\/(\w+))?/.exec(url.pathname) ?? [];
    if (id === undefined) {
      const { state, query = '', limit = '50', cursor = '0' } = Object.fromEntries(url.searchParams);
      if (/[<>=]\s*$/.test(query)) {
        return fail(response, 422, 'QUERY_INVALID', 'The query ends where a value is missing', {
          column: query.length,
          length: 1,
          problem: 'a value is missing',
        });
      }
      const found = jobs.filter(
        (job) =>
          (state === undefined || job.state === state) &&
          (query === 'starred = true' ? job.starred === true : job.name.includes(query)),
      );
      const next = Number(cursor) + Number(limit);
      return json(response, {
        jobs: found.slice(Number(cursor), next),
        nextCursor: next < found.length ? String(next) : null,
      });
    }
    const index = jobs.findIndex((job) => job.id === id);
    const job = jobs[index];
    if (job === undefined) return fail(response, 404, 'JOB_NOT_FOUND', `There is no job ${id}`);
    switch (part) {
      case undefined:
        if (request.method === 'PATCH') {
          return void bodyOf(request).then((edit) => {
            jobs[index] = { ...job, ...JSON.parse(edit) };
            json(response, jobs[index]);
          });
        }
        return json(response, job);
      case 'metrics': {
        const mine = () =>
          job.state === 'queued'
            ? []
            : job.id === jobId(0)
              ? points
              : points.slice(0, steps > 720 ? steps : 400);
        return follow(request, response, mine, job);
      }
      case 'events':
        return follow(request, response, fixtureEvents, job);
      case 'layers':
        return json(response, job.latest === null ? noLayers : fixtureLayers());
      case 'trace':
        return json(response, fixtureTrace(job.state === 'running'));
      case 'checkpoints':
        return json(response, { checkpoints: job.latest === null ? [] : fixtureCheckpoints });
      case 'graph':
        return json(response, graph);
      case 'explain':
        return json(response, explanation);
      case 'weights':
        return void response.end('weights');
      case 'pause':
      case 'resume':
      case 'cancel': {
        const state = ({ pause: 'paused', resume: 'running', cancel: 'cancelled' } as const)[part];
        setTimeout(() => {
          jobs[index] = { ...(jobs[index] ?? job), state, reason: `${state} on request` };
        }, 700);
        return json(response, { ...job, reason: `${part} asked for` });
      }
      default:
        return fail(response, 404, 'ROUTE_NOT_FOUND', `There is no ${url.pathname}`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The fixture server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    clear() {
      jobs = [];
      empty = true;
    },
    answer(how) {
      answering = how;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(training);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}

function refuse(response: ServerResponse): void {
  fail(response, 401, 'UNAUTHENTICATED', 'A valid API token is needed');
}

async function serveFile(dist: string, name: string, response: ServerResponse): Promise<void> {
  const type = types[path.extname(name)];
  const file = path.join(dist, type === undefined ? 'index.html' : path.normalize(name));
  const content = await readFile(file).catch(() => null);
  response.writeHead(content === null ? 404 : 200, { 'content-type': type ?? 'text/html' }).end(content);
}

function follow(
  request: IncomingMessage,
  response: ServerResponse,
  rows: () => readonly { readonly sequence: number }[],
  job: Job,
): void {
  let last = Number(request.headers['last-event-id'] ?? 0);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('retry: 1000\n\n');
  const send = () => {
    const fresh = rows().slice(last);
    last += fresh.length;
    if (fresh.length > 0)
      response.write(fresh.map((row) => `id: ${row.sequence}\ndata: ${JSON.stringify(row)}\n\n`).join(''));
  };
  send();
  if (job.endedAt !== null) {
    response.end('event: end\ndata: {}\n\n');
    return;
  }
  const timer = setInterval(send, 50);
  response.on('close', () => clearInterval(timer));
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function fail(
  response: ServerResponse,
  statusCode: number,
  code: string,
  message: string,
  details: object = {},
): void {
  response
    .writeHead(statusCode, { 'content-type': 'application/json' })
    .end(JSON.stringify({ statusCode, code, error: '', message, details }));
}
