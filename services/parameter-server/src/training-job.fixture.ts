import type {
  NewJobEvent,
  NewMetricPoint,
  OptimizerSettings,
  Outcome,
  QuarantinedWorker,
  TrainingSettings,
} from '@descent/contracts';
import type { DescentError } from '@descent/errors';
import { type FrameHeader, writeSums } from '@descent/gradient-channel';
import type { CompiledMetric, ParameterLayout } from '@descent/models';
import { createAudit } from './audit.ts';
import { emptyLedger } from './ledger.ts';
import { createQuarantine } from './quarantine.ts';
import type { StepTimes, UnitTimes } from './step-times.ts';
import { createTimetable } from './timetable.ts';
import { createTrainingJob } from './training-job.ts';
import { createTrainingState } from './training-state.ts';
import { createVouching } from './vouching.ts';
import type { WorkerLink } from './worker-link.ts';
import { createWorkerLink, type Held } from './worker-link.ts';

const noWork = { wait: 0, pull: 0, data: 0, compute: 0, sum: 0 };
const jobId = 'job_01JTESTTESTTESTTESTTESTTES';

export interface WorldOptions {
  readonly samples?: number;
  readonly validationSamples?: number;
  readonly batchSize?: number;
  readonly microBatches?: number;
  readonly maxStaleness?: number;
  /** Share of the nodes that two workers compute. */
  readonly audit?: number;
  readonly epochs?: number;
  readonly optimizer?: OptimizerSettings;
  readonly clipNorm?: number;
  readonly initial?: readonly number[];
  readonly metrics?: readonly CompiledMetric[];
  /** Elements of the flat buffers; default 16. */
  readonly elements?: number;
  /** Workers that are there when the first round begins. */
  readonly workers?: readonly string[];
  /** Workers compile the model first. */
  readonly wantsPlan?: boolean;
  /** Assignments that each worker takes at once; default 1. */
  readonly holds?: number;
}

/** What a fake worker was told, in order. */
type Told =
  | { readonly type: 'parameters'; readonly version: number; readonly values: number[] }
  | { readonly type: 'assign'; readonly held: Held; readonly epoch: number }
  | { readonly type: 'accepted'; readonly assignment: number }
  | { readonly type: 'recalled'; readonly assignment: number }
  | { readonly type: 'refused'; readonly code: DescentError['code'] }
  | { readonly type: 'released'; readonly reason: string };

export interface FakeWorker {
  readonly link: WorkerLink;
  readonly told: Told[];
  /** The assignment that it computes now. */
  readonly held: Held;
  /** Sends a gradient as the frame reader would: asks for the target, fills it, hands it over. Returns a refusal's code. */
  push(gradient: readonly number[], change?: Partial<FrameHeader> & { loss?: number; held?: Held }): void;
  scores(sums: readonly number[]): void;
  leave(): void;
  /** Its connection breaks. */
  break(): void;
  last<Type extends Told['type']>(type: Type): Extract<Told, { type: Type }> | undefined;
}

/** A training job with one parameter of as many elements as `initial` has, and a clock that only the test moves. */
export function createWorld(options: WorldOptions = {}) {
  const initial = options.initial ?? [1, 2, 3];
  const { elements = 16 } = options;
  const incarnation = 4;
  let now = 0;
  let asksForWorkers = true;
  const length = options.elements ?? initial.length;
  const entry = { name: 'w', shape: [length], offset: 0, length };
  const layout: ParameterLayout = {
    entries: [{ ...entry, initializer: 'zeros', trainable: true }],
    elements,
    trainableElements: elements,
    gradientElements: elements,
  };
  const training: TrainingSettings = {
    epochs: options.epochs ?? 1,
    batchSize: options.batchSize ?? 4,
    optimizer: options.optimizer ?? { type: 'sgd', learningRate: 1 },
    ...(options.clipNorm === undefined ? {} : { clipNorm: options.clipNorm }),
  };
  const microBatches = options.microBatches ?? 2;
  const timetable = createTimetable({
    ...training,
    microBatches,
    trainingSamples: options.samples ?? 4,
    validationSamples: options.validationSamples ?? 0,
  });
  const parameters = new Float32Array(layout.elements);
  parameters.set(initial);
  const start = { version: 0, ledgerHash: emptyLedger, evaluated: undefined, parameters, slots: undefined };
  const metrics: readonly CompiledMetric[] = options.metrics ?? [
    { name: 'accuracy', sums: 1, settings: { type: 'accuracy' } },
  ];
  const state = createTrainingState({
    layout,
    metrics,
    microBatches,
    training,
    steps: timetable.steps,
    start,
    isAudited: options.audit !== undefined,
    clock: () => now,
  });
  const vouching = createVouching();
  const quarantine = createQuarantine(jobId);
  const { audit: share } = options;
  const quarantined: QuarantinedWorker[] = [];

  const points: NewMetricPoint[] = [];
  const events: { readonly type: NewJobEvent['type']; readonly message: string }[] = [];
  const evaluations: unknown[] = [];
  const outcomes: Outcome[] = [];
  const checkpoints: number[] = [];
  const ended: number[] = [];
  const times: { readonly units: UnitTimes[]; readonly steps: StepTimes[] } = { units: [], steps: [] };
  const job = createTrainingJob({
    jobId,
    incarnation,
    epochs: training.epochs,
    maxStaleness: options.maxStaleness ?? 0,
    metrics,
    classesOf: (labels) => (labels === 'kind' ? ['cat', 'dog'] : undefined),
    state,
    timetable,
    ...(share === undefined ? {} : { audit: createAudit({ share, seed: 1, vouching, quarantine }) }),
    clock: () => now,
    times: { unit: (one) => void times.units.push(one), step: (one) => void times.steps.push(one) },
    gradientJobs: {
      join: () => true,
      ending() {},
      ended: (serial) => void ended.push(serial),
      order() {},
      demand: () => ({ waiting: 0, waitedMs: 0, serving: 0, seconds: null }),
      refill: async () => {},
      async close() {
        asksForWorkers = false;
      },
    },
    reporter: {
      point: (point) => void points.push(point),
      event(type, message, data) {
        events.push({ type, message });
        if (type === 'evaluated') evaluations.push(data);
      },
      quarantined: (found) => void quarantined.push(found),
      delivered: async () => {},
      finish: async (outcome) => void outcomes.push(outcome),
      abandon() {},
    },
    checkpoints: {
      write: () => void checkpoints.push(state.version),
      idle: async () => {},
      weights: async () => 'hash-of-weights',
    },
  });
  const header = (type: FrameHeader['type'], held: Held): FrameHeader => ({
    type,
    job: 0n,
    incarnation,
    step: held.step,
    microBatch: held.node.first,
    count: held.node.count,
    version: held.version,
    assignment: held.assignment,
    payloadBytes: state.slotBytes,
    payloadCheck: null,
  });

  const worker = (name: string): FakeWorker => {
    const told: Told[] = [];
    const wire: WorkerLink['wire'] = {
      parameters(version, buffer, onSent) {
        told.push({ type: 'parameters', version, values: [...buffer.floats.subarray(0, initial.length)] });
        onSent();
      },
      assign: (held, epoch) => void told.push({ type: 'assign', held, epoch }),
      accepted: ({ assignment }) => void told.push({ type: 'accepted', assignment }),
      recalled: ({ assignment }) => void told.push({ type: 'recalled', assignment }),
      refused: (_, { code }) => void told.push({ type: 'refused', code }),
      released: (reason) => void told.push({ type: 'released', reason }),
    };
    const link = createWorkerLink(name, wire, {
      holds: options.holds ?? 1,
      ready: options.wantsPlan !== true,
    });
    const last: FakeWorker['last'] = (type) =>
      told.findLast((one): one is Extract<Told, { type: typeof type }> => one.type === type);
    const fake: FakeWorker = {
      link,
      told,
      last,
      get held() {
        const [first] = link.held;
        if (first === undefined) throw new Error(`${name} holds nothing`);
        return first;
      },
      push(gradient, { loss = 0, held, ...change } = {}) {
        const sent = { ...header('GRADIENT', held ?? fake.held), ...change };
        const target = job.expectGradient(link, sent);
        if (target instanceof Error) {
          job.refused(link, sent, target);
          return;
        }
        const { bounds } = (held ?? fake.held).node;
        writeSums(target.payload, { samples: bounds.at(-1)! - bounds[0]!, loss, metrics: [0] });
        target.gradient.floats.fill(0);
        target.gradient.floats.set(gradient);
        job.gradient(link, sent, target);
      },
      scores: (sums) => job.scores(link, header('SCORES', fake.held), Float64Array.from(sums), noWork),
      leave: () => job.left(link, 'test'),
      break: () => job.lost(link, 'test'),
    };
    return fake;
  };

  const join = (name: string) => {
    const one = worker(name);
    job.joined(one.link, joins++);
    return one;
  };
  let joins = 0;
  const workers = (options.workers ?? []).map(join);
  job.start();

  return {
    job,
    state,
    join,
    workers,
    points,
    events,
    evaluations,
    outcomes,
    quarantined,
    vouching,
    checkpoints,
    ended,
    times,
    get asksForWorkers() {
      return asksForWorkers;
    },
    weights: () => [...state.snapshot().parameters.subarray(0, initial.length)],
    pass: (ms: number) => {
      now += ms;
    },
  };
}
