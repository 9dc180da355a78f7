import type { GradientQueuePayload, TrainingQueuePayload } from '@descent/contracts';
import type { ApiMetrics, Logger } from '@descent/observability';
import type { JobQueue } from '@descent/queue';
import type { ArtifactPlace, ArtifactStore, Database, Locks } from '@descent/storage';
import type { ArtifactKeeper } from './artifacts/artifact-keeper.ts';
import type { Builtins } from './datasets/builtins.ts';
import type { Scratch } from './datasets/scratch.ts';
import type { Uploads } from './datasets/uploads.ts';
import type { Feeds } from './feeds/feeds.ts';
import type { OpenStreams } from './feeds/open-streams.ts';
import type { Books } from './scheduling/books.ts';
import type { Threads } from './threads/threads.ts';
import type { Relay } from './workers/relay.ts';

/** The part of the `training` queue that the api uses. */
export type TrainingQueue = Pick<JobQueue<TrainingQueuePayload>, 'add' | 'has' | 'remove'>;
/** The gradient jobs for everybody (null), or for workers that are lent to a team. */
export type GradientSource = (team: string | null) => Pick<JobQueue<GradientQueuePayload>, 'consume'>;

export interface Limits {
  /** Training jobs that may run at once. */
  readonly maxRunningJobs: number;
  /** A parameter server that has not reported for this long has lost its job. */
  readonly silenceMs: number;
  /** A worker or parameter server that has not been heard of for this long is not there. */
  readonly presenceMs: number;
  /** Jobs of one team that have not ended. */
  readonly openJobsPerTeam: number;
  /** Checkpoints kept per job. */
  readonly checkpointsKept: number;
  readonly uploadBytes: number;
  /** Of all uploaded data sets and their files under way. */
  readonly datasetBytes: number;
  /** How long the files of a data set may be read, and one second more for each 2 MB. */
  readonly readingMs: number;
  /** Hosts that data sets may be fetched from: names, `*.example.org`, or `*` for all. None: fetching is off. */
  readonly urlHosts: readonly string[];
  /** Hosts that webhooks may be at; as `urlHosts`. */
  readonly webhookHosts: readonly string[];
  /** A model file of another framework; read whole. */
  readonly modelBytes: number;
  /** A job whose micro-batch would need more of a worker is refused. */
  readonly workerMemoryBytes: number;
  readonly checkpointBytes: number;
  /** Requests of one token (or address, without one). */
  readonly requestsPerSecond: number;
  readonly teamRequestsPerSecond: number;
  /** Of a team: training jobs, dry runs included. */
  readonly submissionsPerMinute: number;
  /** Of a team: predictions, explanations, previews, exports. */
  readonly computationsPerMinute: number;
  /** Of one address, with tokens that are not valid. */
  readonly failedRequestsPerMinute: number;
  /** Streams that may be open at once. */
  readonly streamsPerToken: number;
  readonly streamsPerTeam: number;
  /** Files that a team may send at once. */
  readonly uploadsPerTeam: number;
  /** Slow clients: time for the headers, between bytes of a body, and for a body that is read into memory. */
  readonly headersMs: number;
  readonly bodyIdleMs: number;
  readonly bodyMs: number;
}

export const defaultLimits: Limits = {
  maxRunningJobs: 4,
  silenceMs: 3000,
  presenceMs: 10_000,
  openJobsPerTeam: 2000,
  checkpointsKept: 5,
  uploadBytes: 20 * 2 ** 30,
  datasetBytes: Number.MAX_SAFE_INTEGER,
  readingMs: 120_000,
  urlHosts: [],
  webhookHosts: [],
  modelBytes: 2 ** 30,
  workerMemoryBytes: 16 * 2 ** 30,
  checkpointBytes: 16 * 2 ** 30,
  requestsPerSecond: 100,
  teamRequestsPerSecond: 200,
  submissionsPerMinute: 120,
  computationsPerMinute: 600,
  failedRequestsPerMinute: 600,
  streamsPerToken: 32,
  streamsPerTeam: 128,
  uploadsPerTeam: 4,
  headersMs: 10_000,
  bodyIdleMs: 30_000,
  bodyMs: 60_000,
};

/** What routes and the dispatcher work with. Built once by `buildApp`. */
export interface Context {
  readonly db: Database;
  /** Between the processes of the api. */
  readonly locks: Locks;
  readonly artifacts: ArtifactStore;
  readonly keeper: ArtifactKeeper;
  readonly threads: Threads;
  readonly builtins: Builtins;
  readonly artifactPlace: ArtifactPlace;
  readonly scratch: Scratch;
  /** Files that come in pieces, over several requests. */
  readonly uploads: Uploads;
  readonly feeds: Feeds;
  readonly streams: OpenStreams;
  readonly books: Books;
  readonly relay: Relay;
  readonly metrics: ApiMetrics;
  readonly logger: Logger;
  readonly limits: Limits;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Asks the dispatcher to look at the jobs now instead of at its next tick. */
  readonly wakeDispatcher: () => void;
}
