import { type Static, Type } from 'typebox';
import { MemberId } from './accounts.ts';
import { BestScores } from './best-scores.ts';
import { Closed, OneOf } from './closed.ts';
import { Compression } from './compression.ts';
import { DataSettings } from './data.ts';
import { JobId } from './job-id.ts';
import { LayerSnapshot } from './layers.ts';
import { ScoreTable } from './model/metrics.ts';
import { ModelSpec } from './model/model-spec.ts';
import { ModelReference } from './model/stored-model.ts';
import { OptimizerSettings, ScheduleSettings } from './optimizer.ts';
import { Estimate, EstimatedTime, JobPriority, Waiting } from './scheduling.ts';
import { JobTiming } from './step-times.ts';
import { Synchronization } from './synchronization.ts';

export { JobId } from './job-id.ts';

export const jobStates = [
  'queued',
  'preparing',
  'running',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
] as const;
export const JobState = OneOf(jobStates);
export type JobState = Static<typeof JobState>;

export const TrainingSettings = Closed({
  epochs: Type.Integer({ minimum: 1, maximum: 100_000 }),
  batchSize: Type.Integer({
    minimum: 1,
    maximum: 1_048_576,
    description: 'Samples per optimizer step, over all workers',
  }),
  microBatches: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1024,
      description:
        'Slices per step; fixed here, never derived from the number of workers. Left out: chosen by price',
    }),
  ),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffffffff, default: 0 })),
  optimizer: OptimizerSettings,
  schedule: Type.Optional(ScheduleSettings),
  clipNorm: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: 'Largest global L2 norm of the mean gradient' }),
  ),
  compression: Type.Optional({ ...Compression, default: 'none' }),
  synchronization: Type.Optional({ ...Synchronization, default: 'sync' }),
  evaluateEverySteps: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Left out: at the end of each epoch' }),
  ),
  checkpointEverySteps: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'Left out: at the end of each epoch, and at least every 200 steps',
    }),
  ),
});
export type TrainingSettings = Static<typeof TrainingSettings>;

export const Reproducibility = OneOf(['strict', 'relaxed']);
export type Reproducibility = Static<typeof Reproducibility>;

/** What a user submits. */
export const JobCreate = Closed({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  model: ModelSpec,
  data: DataSettings,
  training: TrainingSettings,
  maxWorkers: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1024, description: 'Left out: as many as there are micro-batches' }),
  ),
  reproducibility: Type.Optional(Reproducibility),
  audit: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description:
        'Share of the micro-batches that two workers compute: when they differ a third decides, and who was wrong computes no more',
    }),
  ),
  priority: Type.Optional(JobPriority),
});
export type JobCreate = Static<typeof JobCreate>;

/** The same, of a model that was imported before. */
export const JobFromModel = Closed({ ...JobCreate.properties, model: ModelReference });
export type JobFromModel = Static<typeof JobFromModel>;

/** What a job costs, computed from the graph before anything runs. */
export const Price = Closed({
  parameters: Type.Integer({ description: 'Trainable elements' }),
  parameterBytes: Type.Integer(),
  flopsPerStep: Type.Number({ description: 'Forward and backward, whole mini-batch' }),
  workerMemoryBytes: Type.Integer({
    description:
      'The largest resident memory of a worker process of its own that computes the job on a CPU: Node.js, the engine, samples, parameters and gradients; estimated',
  }),
  checkpointing: Type.Optional(
    Closed(
      {
        savedBytes: Type.Integer({ description: 'How much more memory a worker would need without' }),
        extraFlops: Type.Number({ description: 'Per step, for what is computed twice' }),
      },
      { description: 'Of a model that recomputes parts of its forward pass' },
    ),
  ),
  serverMemoryBytes: Type.Integer(),
  microBatches: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Slices per step, as given or as chosen by price' }),
  ),
  wireBytesPerStep: Type.Integer({ description: 'Parameters down and gradients up, per worker' }),
  stepsPerEpoch: Type.Integer(),
  steps: Type.Integer(),
});
export type Price = Static<typeof Price>;

export const LayerSummary = Closed({
  name: Type.String(),
  type: Type.String(),
  outputShape: Type.Array(Type.Union([Type.Integer(), Type.String()])),
  parameters: Type.Integer(),
  flops: Type.Number({ description: 'Forward, per sample' }),
});
export type LayerSummary = Static<typeof LayerSummary>;

/** Loss and metrics, each a mean over samples. */
export const Scores = Type.Record(Type.String(), Type.Number());
export type Scores = Static<typeof Scores>;

export const Progress = Closed({
  step: Type.Integer({ description: 'Updates applied' }),
  steps: Type.Integer(),
  epoch: Type.Number({ description: 'Fractional' }),
  epochs: Type.Integer(),
  samplesPerSecond: Type.Number(),
  etaSeconds: Type.Union([Type.Number(), Type.Null()]),
  workers: Type.Integer({ description: 'Computing now' }),
});
export type Progress = Static<typeof Progress>;

/** Proof of what was computed: equal receipts mean equal bits. */
export const Receipt = Closed({
  graphHash: Type.String(),
  datasetHash: Type.String(),
  numericsClass: Type.Union([Type.String(), Type.Null()]),
  ledgerHash: Type.Union([
    Type.String({ description: 'Chain over (step, sums) of every applied step' }),
    Type.Null(),
  ]),
  weightsHash: Type.Union([
    Type.String({ description: 'SHA-256 of the weights file (safetensors)' }),
    Type.Null(),
  ]),
});
export type Receipt = Static<typeof Receipt>;

export const JobError = Closed({
  code: Type.String(),
  message: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
  advice: Type.String(),
});
export type JobError = Static<typeof JobError>;

/** Losses that a row of a list is drawn from. */
export const sparklinePoints = 64;
/** A worker that computes no more for a job, since two others computed another gradient where it had this one wrong. */
export const QuarantinedWorker = Closed({
  worker: Type.String(),
  step: Type.Integer(),
  microBatch: Type.Integer({ description: 'The first of those that it computed together' }),
  since: Type.Union([Type.Integer(), Type.Null()], {
    description:
      'The first step that may be spoiled by its work: the job goes back to a checkpoint before. null: none is',
  }),
  time: Type.String({ format: 'date-time' }),
});
export type QuarantinedWorker = Static<typeof QuarantinedWorker>;

export const Job = Closed({
  id: JobId,
  name: Type.String(),
  state: JobState,
  reason: Type.String({ description: 'Why the job is in this state, in words' }),
  createdAt: Type.String({ format: 'date-time' }),
  startedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  endedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  incarnation: Type.Integer(),
  request: JobCreate,
  price: Price,
  layers: Type.Array(LayerSummary),
  progress: Progress,
  latest: Type.Union([Scores, Type.Null()], { description: 'Training scores of the latest step' }),
  validation: Type.Union([Scores, Type.Null()], { description: 'Scores of the latest evaluation' }),
  best: {
    ...BestScores,
    description: 'Of the loss and each metric the best so far; of evaluations, once there was one',
  },
  tables: Type.Optional(
    Type.Record(Type.String(), ScoreTable, {
      description: 'Of the latest evaluation: metrics that are tables, such as confusionMatrix',
    }),
  ),
  receipt: Receipt,
  timing: Type.Optional(JobTiming),
  sparkline: Type.Optional(
    Type.Array(Type.Number(), {
      maxItems: sparklinePoints,
      description: 'Training loss at even steps, from the first to the latest',
    }),
  ),
  quarantined: Type.Optional(Type.Array(QuarantinedWorker, { description: 'Of a job with `audit`' })),
  error: Type.Union([JobError, Type.Null()]),
  queuePosition: Type.Union([Type.Integer({ description: '0 is next' }), Type.Null()]),
  team: Type.Optional(Type.String({ description: 'Id of the team it belongs to' })),
  priority: Type.Optional(JobPriority),
  owner: Type.Optional(
    Type.Union([Closed({ id: MemberId, name: Type.String() }), Type.Null()], {
      description: 'Who submitted it; null: before members were known',
    }),
  ),
  tags: Type.Optional(Type.Array(Type.String())),
  notes: Type.Optional(Type.String()),
  starred: Type.Optional(Type.Boolean({ description: 'By you' })),
  archivedAt: Type.Optional(Type.Union([Type.String({ format: 'date-time' }), Type.Null()])),
  waiting: Type.Optional(
    Type.Union([Waiting, Type.Null()], { description: 'Of a queued job: why it waits' }),
  ),
  estimatedFinish: Type.Optional(EstimatedTime),
  estimate: Type.Optional({ ...Estimate, description: 'Of a dry run' }),
});
export type Job = Static<typeof Job>;

const metricPoint = {
  step: Type.Integer({ description: 'Updates applied when it was measured' }),
  epoch: Type.Number(),
  split: OneOf(['train', 'validation']),
  values: Scores,
  time: Type.String({ format: 'date-time' }),
};
/** As a parameter server reports it. */
export const NewMetricPoint = Closed({
  ...metricPoint,
  layers: Type.Optional({
    ...LayerSnapshot,
    description: 'Of a training step at which the layers are measured',
  }),
});
export type NewMetricPoint = Static<typeof NewMetricPoint>;
export const MetricPoint = Closed({
  sequence: Type.Integer({ description: 'Grows by one per point of a job; the SSE id' }),
  ...metricPoint,
});
export type MetricPoint = Static<typeof MetricPoint>;

export const jobEventTypes = [
  'created',
  'state',
  'worker-joined',
  'worker-left',
  'gradient-refused',
  'evaluated',
  'checkpoint',
  'restarted',
  /** Something is broken that a person should look at; training goes on. */
  'alarm',
  'log',
] as const;
const jobEvent = {
  time: Type.String({ format: 'date-time' }),
  type: OneOf(jobEventTypes),
  message: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown()),
};
export const NewJobEvent = Closed(jobEvent);
export type NewJobEvent = Static<typeof NewJobEvent>;
export const JobEvent = Closed({
  sequence: Type.Integer({ description: 'Grows by one per event of a job; the SSE id' }),
  ...jobEvent,
});
export type JobEvent = Static<typeof JobEvent>;

export const Checkpoint = Closed({
  id: Type.String({ pattern: '^ck_[0-9]+$', description: 'ck_<step>' }),
  step: Type.Integer(),
  hash: Type.String({ description: 'SHA-256 of the checkpoint file' }),
  bytes: Type.Integer(),
  createdAt: Type.String({ format: 'date-time' }),
  validation: Type.Union([Scores, Type.Null()]),
});
export type Checkpoint = Static<typeof Checkpoint>;
