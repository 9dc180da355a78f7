import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiMetrics, createApiMetrics, type Logger } from '@descent/observability';
import type { NewsChannel } from '@descent/queue';
import {
  forgetIdempotentBefore,
  forgetSessionsBefore,
  openArtifactStore,
  openDatabase,
  openLocks,
  type S3Place,
} from '@descent/storage';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RouteOptions,
} from 'fastify';
import { ulid } from 'ulid';
import { createArtifactKeeper } from './artifacts/artifact-keeper.ts';
import {
  type Context,
  defaultLimits,
  type GradientSource,
  type Limits,
  type TrainingQueue,
} from './context.ts';
import { createBuiltins } from './datasets/builtins.ts';
import { forgetDeadReadings } from './datasets/forget-dead-readings.ts';
import { openScratch } from './datasets/scratch.ts';
import { openUploads } from './datasets/uploads.ts';
import { type Dispatcher, startDispatcher } from './dispatcher/dispatcher.ts';
import { createFeeds } from './feeds/feeds.ts';
import { createOpenStreams } from './feeds/open-streams.ts';
import { auditChanges } from './http/audit.ts';
import { authorizeRequests } from './http/authorize.ts';
import { serveDashboard } from './http/dashboard.ts';
import { installErrorHandler } from './http/error-handler.ts';
import { acceptJson } from './http/json-body.ts';
import { keepLanes } from './http/lanes.ts';
import { describeApi } from './http/openapi.ts';
import { ourProcesses, refuseUndeclared } from './http/policy.ts';
import { createRateLimits } from './http/rate-limits.ts';
import { addComponents, bearer } from './http/schemas.ts';
import { secureHeaders } from './http/security.ts';
import { limitSlowClients } from './http/slow-clients.ts';
import { limitUploads } from './http/upload-slots.ts';
import { serializerCompiler, validatorCompiler } from './http/validator.ts';
import { openNews } from './news/news.ts';
import { accountRoutes } from './routes/accounts.ts';
import { announcementRoutes } from './routes/announcements.ts';
import { auditRoute } from './routes/audit.ts';
import { createJobRoute } from './routes/create-job.ts';
import { datasetFilesRoutes } from './routes/dataset-files.ts';
import { datasetRoutes } from './routes/datasets.ts';
import { editJobRoute } from './routes/edit-job.ts';
import { explainRoutes } from './routes/explain.ts';
import { exportJobRoute } from './routes/export-job.ts';
import { followJobsRoutes } from './routes/follow-jobs.ts';
import { forkJobRoute } from './routes/fork-job.ts';
import { healthRoutes } from './routes/health.ts';
import { internalRoutes } from './routes/internal.ts';
import { jobFilesRoutes } from './routes/job-files.ts';
import { graphRoutes } from './routes/job-graph.ts';
import { jobLayersRoute } from './routes/job-layers.ts';
import { jobTraceRoute } from './routes/job-trace.ts';
import { memberRoutes } from './routes/members.ts';
import { importModelRoute, modelsRoutes } from './routes/models.ts';
import { mistakesRoute, predictRoute } from './routes/predict.ts';
import { previewDatasetRoute } from './routes/preview-dataset.ts';
import { pythonSdkRoute } from './routes/python-sdk.ts';
import { queueRoute } from './routes/queue.ts';
import { readJobsRoutes } from './routes/read-jobs.ts';
import type { Routes } from './routes/routes.ts';
import { serveWorkerRoutes } from './routes/serve-workers.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { steerJobsRoutes } from './routes/steer-jobs.ts';
import { teamRoutes } from './routes/teams.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { uploadDatasetRoute } from './routes/upload-dataset.ts';
import { uploadFormRoute } from './routes/upload-form.ts';
import { usageRoute } from './routes/usage.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { workerRoutes } from './routes/workers.ts';
import { openBooks } from './scheduling/books.ts';
import { createThreads } from './threads/threads.ts';
import { ensureBootstrapToken } from './tokens/bootstrap-token.ts';
import { type Deliveries, startDeliveries } from './webhooks/deliveries.ts';
import { createRelay } from './workers/relay.ts';

export interface AppOptions {
  readonly dataDir: string;
  /** For `openDatabase`; default: a file in the data folder. */
  readonly database?: string;
  /** Where artifacts are; left out: in the data folder. */
  readonly s3?: S3Place;
  readonly serviceToken: string;
  readonly queue: TrainingQueue & {
    ping(): Promise<void>;
    readonly gradients: GradientSource;
    /** To the other processes of the api; left out: there are none. */
    readonly news?: Pick<NewsChannel, 'publish' | 'subscribe'>;
  };
  readonly logger: Logger;
  /** Folder of the built dashboard; null or missing: none is served. */
  readonly dashboardDir?: string | null;
  readonly limits?: Partial<Limits>;
  readonly clock?: () => number;
  readonly metrics?: ApiMetrics;
}

export interface App {
  readonly server: FastifyInstance;
  readonly context: Context;
  readonly routes: readonly RouteOptions[];
  /** Just created; null when there were tokens already. */
  readonly bootstrapToken: string | null;
  /** Starts the loops that keep the queue as the database says and send webhooks. Ended by `server.close()`. */
  startDispatching(): void;
}

/** Builds the api without listening: opens the data folder, wires every route. `server.close()` releases everything. */
export async function buildApp(options: AppOptions): Promise<App> {
  const { dataDir, logger, clock = Date.now, metrics = createApiMetrics() } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const database = options.database ?? path.join(dataDir, 'descent.sqlite');
  const db = await openDatabase(database);
  const artifactPlace = {
    folder: path.join(dataDir, 'artifacts'),
    ...(options.s3 === undefined ? {} : { s3: options.s3 }),
  };
  const artifacts = await openArtifactStore(artifactPlace);
  const locks = await openLocks(database);
  const keeper = createArtifactKeeper({ db, artifacts, locks });
  // Processes that start at once do this in turn.
  while (!(await locks.tryTake('start'))) await delay(50);
  const scratch = await openScratch(path.join(dataDir, 'uploads'), locks);
  await forgetDeadReadings(db, locks);
  const uploads = await openUploads({ db, locks, folder: path.join(dataDir, 'parts'), clock });
  await forgetIdempotentBefore(db, new Date(clock() - idempotencyKeyLifeMs).toISOString());
  await forgetSessionsBefore(db, new Date(clock()).toISOString());
  await keeper.discardUnheld();
  const bootstrapToken = await ensureBootstrapToken(db, dataDir);
  await locks.release('start');

  const limits = { ...defaultLimits, ...options.limits };
  const threads = createThreads();
  let dispatcher: Dispatcher | null = null;
  let deliveries: Deliveries | null = null;
  const books = await openBooks(db, limits, clock);
  const feeds = createFeeds((id) => news.tell({ type: 'job', id }));
  const news = openNews(options.queue.news, (item) => {
    switch (item?.type) {
      case undefined:
        return feeds.hear(null);
      case 'job':
        return feeds.hear(item.id);
      case 'wake':
        books.forgetJobs();
        return dispatcher?.wake();
      case 'work':
        return books.book(item.team, item);
      case 'teams':
        return books.forgetTeams();
      default:
        return item satisfies never;
    }
  });
  const context: Context = {
    db,
    locks,
    artifacts,
    keeper,
    threads,
    builtins: createBuiltins({ db, artifactPlace, keeper, threads, limits }),
    artifactPlace,
    scratch,
    uploads,
    feeds,
    streams: createOpenStreams(db, limits, clock),
    books: {
      ...books,
      book(team, work) {
        books.book(team, work);
        news.tell({ type: 'work', team, ...work });
      },
      forgetTeams() {
        books.forgetTeams();
        news.tell({ type: 'teams' });
      },
    },
    relay: createRelay(options.queue.gradients, clock),
    metrics,
    logger,
    limits,
    clock,
    wakeDispatcher() {
      books.forgetJobs();
      dispatcher?.wake();
      news.tell({ type: 'wake' });
    },
  };

  const { server, routes } = await compose(context, options);
  // Streams never end by themselves: close them first, or the server waits for their readers.
  server.addHook('preClose', async () => context.feeds.close());
  server.addHook('onClose', async () => context.streams.close());
  server.addHook('preClose', async () => context.relay.close());
  server.addHook('onClose', async () => {
    await dispatcher?.close();
    await deliveries?.close();
    await threads.close();
    await keeper.close();
    await locks.close();
    await db.destroy();
  });
  await server.ready();
  return {
    server,
    routes,
    context,
    bootstrapToken,
    startDispatching() {
      deliveries ??= startDeliveries(context);
      dispatcher ??= startDispatcher(context, { queue: options.queue });
    },
  };
}

const idempotencyKeyLifeMs = 24 * 3600 * 1000;

async function compose(context: Context, options: AppOptions): Promise<Pick<App, 'server' | 'routes'>> {
  const loggerInstance: FastifyBaseLogger = context.logger;
  const app = Fastify({
    loggerInstance,
    // A request's id is no secret, and sixteen draws of secure random numbers for each were 8 % of a flood's time.
    genReqId: () => `req_${ulid(undefined, Math.random)}`,
    requestIdHeader: false,
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    bodyLimit: 1024 * 1024,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: true,
    http: { headersTimeout: context.limits.headersMs },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  const { routes } = refuseUndeclared(app);
  installErrorHandler(app);
  acceptJson(app);
  observeRequests(app, context);
  addComponents(app);
  await secureHeaders(app);
  const limits = await createRateLimits(app, context.limits);
  authorizeRequests(app, context, { serviceToken: options.serviceToken, limits });
  keepLanes(app);
  limitUploads(app, context.limits.uploadsPerTeam);
  limitSlowClients(app, context.limits);
  auditChanges(app, context);
  await describeApi(app);
  await serveDashboard(app, options.dashboardDir ?? null);

  app.register(async (root: Routes) => healthRoutes(root, context, options.queue));
  app.register(async (root: Routes) => pythonSdkRoute(root));
  app.register(async (v1: Routes) => publicRoutes(v1, context), { prefix: '/v1' });
  app.register(
    async (internal: Routes) => {
      internal.addHook('onRoute', (route) => {
        route.config = { ...route.config, ...ourProcesses };
        route.schema = { ...route.schema, hide: true };
      });
      internalRoutes(internal, context);
    },
    { prefix: '/internal' },
  );
  return { server: app, routes };
}

function publicRoutes(v1: Routes, context: Context): void {
  v1.addHook('onRoute', (route) => {
    if (route.config?.policy?.access === 'token') route.schema = { security: bearer, ...route.schema };
  });
  accountRoutes(v1, context);
  teamRoutes(v1, context);
  memberRoutes(v1, context);
  tokenRoutes(v1, context);
  sessionRoutes(v1, context);
  auditRoute(v1, context);
  usageRoute(v1, context);
  webhookRoutes(v1, context);
  announcementRoutes(v1, context);
  queueRoute(v1, context);
  workerRoutes(v1, context);
  serveWorkerRoutes(v1, context);
  createJobRoute(v1, context);
  readJobsRoutes(v1, context);
  editJobRoute(v1, context);
  steerJobsRoutes(v1, context);
  forkJobRoute(v1, context);
  followJobsRoutes(v1, context);
  jobFilesRoutes(v1, context);
  exportJobRoute(v1, context);
  graphRoutes(v1, context);
  jobTraceRoute(v1, context);
  jobLayersRoute(v1, context);
  v1.register(async (scope: Routes) => predictRoute(scope, context));
  mistakesRoute(v1, context);
  v1.register(async (scope: Routes) => explainRoutes(scope, context));
  previewDatasetRoute(v1, context);
  datasetRoutes(v1, context);
  datasetFilesRoutes(v1, context);
  v1.register(async (scope: Routes) => uploadDatasetRoute(scope, context));
  v1.register(async (scope: Routes) => uploadFormRoute(scope, context));
  modelsRoutes(v1, context);
  v1.register(async (scope: Routes) => importModelRoute(scope, context));
}

/** One line per request that failed or was slow, a histogram for all, and the request id on every answer. */
function observeRequests(app: FastifyInstance, { metrics }: Context): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? 'none';
    metrics.requestSeconds.observe(
      { method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
    request.log.debug(
      { method, url: request.url, status: reply.statusCode, ms: reply.elapsedTime },
      'Answered',
    );
  });
}
