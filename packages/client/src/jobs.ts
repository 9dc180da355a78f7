import type {
  Checkpoint,
  ChromeTrace,
  ExplainJobRequest,
  Explanation,
  ExportFormat,
  ForkRequest,
  GraphKind,
  Job,
  JobCreate,
  JobEdit,
  JobEvent,
  JobGraph,
  JobLayers,
  JobState,
  MetricPoint,
  Mistakes,
  Prediction,
  PredictRequest,
} from '@descent/contracts';
import { type Download, openDownload } from './download.ts';
import { type FollowOptions, follow } from './follow.ts';
import { patiently } from './patiently.ts';
import type { Transport } from './transport.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface JobFilter extends CallOptions {
  readonly state?: JobState;
  /** Words and comparisons: `metrics.accuracy > 0.9 and optimizer.learningRate = 0.1`. */
  readonly query?: string;
  /** A field of a query, with `-` in front for the largest first. Left out: `-created`. */
  readonly sort?: string;
  /** At most 200; 50 when left out. */
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

export interface JobPage {
  readonly jobs: Job[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
  /** False: there are too many jobs, and only the newest were looked at. */
  readonly complete: boolean;
}

export type JobsApi = ReturnType<typeof createJobsApi>;

/** The most that a page of points or events holds. */
const pageRows = 10_000;

const endedStates: ReadonlySet<JobState> = new Set(['succeeded', 'failed', 'cancelled']);

/** Which parameters answer: those of a checkpoint, by its step; left out, the weights of the finished job. */
export interface ChosenParameters {
  readonly checkpoint?: number | 'best' | 'latest';
}

/** True for a state that no job leaves. */
export function isEnded(state: JobState): boolean {
  return endedStates.has(state);
}

export function createJobsApi({ http, body, stream }: Transport) {
  const of = (id: string) => ({ params: { path: { id } } });

  return {
    /** Submits a training job. Repeating the call with the same `idempotencyKey` creates it once. */
    create(
      job: JobCreate,
      { idempotencyKey, ...options }: CallOptions & { idempotencyKey?: string } = {},
    ): Promise<Job> {
      const header = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
      return body(http.POST('/v1/jobs', { body: job, params: { header }, ...options }));
    },

    /** Checks and prices a job without creating it: the answer has its layers and price, and an id that nothing has. */
    dryRun(job: JobCreate, options: CallOptions = {}): Promise<Job> {
      return body(http.POST('/v1/jobs', { body: job, params: { query: { dryRun: true } }, ...options }));
    },

    /** Newest first, or as `sort` says. Throws QUERY_INVALID with the column of what is wrong in a query. */
    list({ signal, ...query }: JobFilter = {}): Promise<JobPage> {
      return body(http.GET('/v1/jobs', { params: { query }, ...withSignal(signal) }));
    },

    get(id: string, options: CallOptions = {}): Promise<Job> {
      return body(http.GET('/v1/jobs/{id}', { ...of(id), ...options }));
    },

    /** Renames a job, or changes its tags, notes, star or place in the archive. */
    edit(id: string, edit: JobEdit, options: CallOptions = {}): Promise<Job> {
      return body(http.PATCH('/v1/jobs/{id}', { ...of(id), body: edit, ...options }));
    },

    cancel(id: string, options: CallOptions = {}): Promise<Job> {
      return body(http.POST('/v1/jobs/{id}/cancel', { ...of(id), ...options }));
    },

    pause(id: string, options: CallOptions = {}): Promise<Job> {
      return body(http.POST('/v1/jobs/{id}/pause', { ...of(id), ...options }));
    },

    resume(id: string, options: CallOptions = {}): Promise<Job> {
      return body(http.POST('/v1/jobs/{id}/resume', { ...of(id), ...options }));
    },

    /** A new job that goes on from a checkpoint of this one. */
    fork(
      id: string,
      request: ForkRequest = {},
      { idempotencyKey, ...options }: CallOptions & { idempotencyKey?: string } = {},
    ): Promise<Job> {
      const header = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
      return body(
        http.POST('/v1/jobs/{id}/fork', { body: request, params: { path: { id }, header }, ...options }),
      );
    },

    /** Every metric point once and in order, from the first (or after `after`), as they are measured, to the end of the job. */
    metrics(id: string, options: FollowOptions = {}): AsyncGenerator<MetricPoint, void, undefined> {
      return follow<MetricPoint>(stream('/v1/jobs/{id}/metrics', { id }), options);
    },

    /** Every event once and in order, as `metrics` does for metric points. */
    events(id: string, options: FollowOptions = {}): AsyncGenerator<JobEvent, void, undefined> {
      return follow<JobEvent>(stream('/v1/jobs/{id}/events', { id }), options);
    },

    /** The points there are now, in order. */
    async *metricsSoFar(id: string, options: CallOptions = {}): AsyncGenerator<MetricPoint, void, undefined> {
      for (let after = 0; ; ) {
        const query = { after, limit: pageRows };
        const page = await body(
          http.GET('/v1/jobs/{id}/metrics', { params: { path: { id }, query }, ...options }),
        );
        const { points } = page as { points: MetricPoint[] };
        yield* points;
        if (points.length < pageRows) return;
        after = points.at(-1)?.sequence ?? after;
      }
    },

    /** The events there are now, in order. */
    async *eventsSoFar(id: string, options: CallOptions = {}): AsyncGenerator<JobEvent, void, undefined> {
      for (let after = 0; ; ) {
        const query = { after, limit: pageRows };
        const page = await body(
          http.GET('/v1/jobs/{id}/events', { params: { path: { id }, query }, ...options }),
        );
        const { events } = page as { events: JobEvent[] };
        yield* events;
        if (events.length < pageRows) return;
        after = events.at(-1)?.sequence ?? after;
      }
    },

    /**
     * Resolves with the job once it succeeded, failed or was cancelled; a failed job is no error here. Waits through a
     * restart of the api: throws UNAVAILABLE when it stays away for all `backOff.attempts`, about a minute by default.
     */
    async waitUntilEnded(id: string, options: Omit<FollowOptions, 'after'> = {}): Promise<Job> {
      for (;;) {
        const job = await patiently(() => this.get(id, withSignal(options.signal)), options);
        if (isEnded(job.state)) return job;
        // Only the end of the stream matters here; the job is read again for its final state.
        for await (const _event of this.events(id, options));
      }
    },

    async checkpoints(id: string, options: CallOptions = {}): Promise<Checkpoint[]> {
      const answer = await body(http.GET('/v1/jobs/{id}/checkpoints', { ...of(id), ...options }));
      return answer.checkpoints;
    },

    /** Lets a finished job, or a checkpoint, answer for up to 1,000 rows of raw column values. */
    predict(
      id: string,
      request: PredictRequest,
      { checkpoint, ...options }: CallOptions & ChosenParameters = {},
    ): Promise<Prediction> {
      const params = {
        path: { id },
        query: { ...(checkpoint !== undefined && { checkpoint: `${checkpoint}` }) },
      };
      return body(http.POST('/v1/jobs/{id}/predict', { params, body: request, ...options }));
    },

    /** Where a finished classifier is wrong on its validation samples, the surest mistakes first. */
    mistakes(
      id: string,
      { limit, checkpoint, ...options }: CallOptions & ChosenParameters & { limit?: number } = {},
    ): Promise<Mistakes> {
      const query = {
        ...(limit !== undefined && { limit }),
        ...(checkpoint !== undefined && { checkpoint: `${checkpoint}` }),
      };
      return body(http.GET('/v1/jobs/{id}/mistakes', { params: { path: { id }, query }, ...options }));
    },

    /** The latest steps of a job in Chrome's trace event format, for chrome://tracing or Perfetto. */
    trace(id: string, options: CallOptions = {}): Promise<ChromeTrace> {
      return body(http.GET('/v1/jobs/{id}/trace', { ...of(id), ...options }));
    },

    /** Gradient norm, weight norm and update ratio of every parameter over time, and histograms of the values. */
    layers(id: string, options: CallOptions = {}): Promise<JobLayers> {
      return body(http.GET('/v1/jobs/{id}/layers', { ...of(id), ...options }));
    },

    /** The computation graph of a job: forward and backward pass, or the forward pass alone. */
    graph(id: string, { kind, ...options }: CallOptions & { kind?: GraphKind } = {}): Promise<JobGraph> {
      const query = kind === undefined ? {} : { kind };
      return body(http.GET('/v1/jobs/{id}/graph', { params: { path: { id }, query }, ...options }));
    },

    /** Values and gradients at every node, for samples of the data set or given rows, at any checkpoint. */
    explain(id: string, request: ExplainJobRequest = {}, options: CallOptions = {}): Promise<Explanation> {
      return body(http.POST('/v1/jobs/{id}/explain', { ...of(id), body: request, ...options }));
    },

    /** The weights of a job as a safetensors file. */
    downloadWeights(id: string, options: CallOptions = {}): Promise<Download> {
      return openDownload(stream('/v1/jobs/{id}/weights', { id }), options.signal);
    },

    /** A whole checkpoint (parameters, optimizer slots, position) as a safetensors file. */
    downloadCheckpoint(id: string, checkpoint: string, options: CallOptions = {}): Promise<Download> {
      const path = { id, checkpoint };
      return openDownload(stream('/v1/jobs/{id}/checkpoints/{checkpoint}/file', path), options.signal);
    },

    /**
     * A trained model as a file of another framework: of a finished job, or of any job at one of its checkpoints.
     * Throws EXPORT_UNSUPPORTED, naming every layer that the format has no words for.
     */
    exportModel(
      id: string,
      format: ExportFormat,
      { checkpoint, signal }: CallOptions & { readonly checkpoint?: string } = {},
    ): Promise<Download> {
      return openDownload(stream('/v1/jobs/{id}/exports/{format}', { id, format }, { checkpoint }), signal);
    },
  };
}

function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
