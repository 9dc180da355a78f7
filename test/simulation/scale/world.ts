import { type FrameHeader, writeSums } from '@descent/gradient-channel';
import type { ParameterLayout } from '@descent/models';
import {
  createEventQueue,
  createRandom,
} from '../../../packages/scheduling/src/simulation/event-queue.fixture.ts';
import { createGradientJobs } from '../../../services/parameter-server/src/gradient-jobs.ts';
import { emptyLedger } from '../../../services/parameter-server/src/ledger.ts';
import type { StepTimes } from '../../../services/parameter-server/src/step-times.ts';
import { createTimetable } from '../../../services/parameter-server/src/timetable.ts';
import { createTrainingJob } from '../../../services/parameter-server/src/training-job.ts';
import {
  createTrainingState,
  type TrainingState,
} from '../../../services/parameter-server/src/training-state.ts';
import type { Held, WorkerLink } from '../../../services/parameter-server/src/worker-link.ts';
import { createDirection, createSerial } from './virtual-link.ts';
import { createVirtualWorker } from './virtual-worker.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly workers: number;
  readonly microBatches: number;
  readonly steps: number;
  /** float32. */
  readonly parameterBytes: number;
  /** Share of them that crosses the link, down as parameters and up as gradients; default all. */
  readonly wire?: { readonly down: number; readonly up: number };
  /** Of one micro-batch on one worker, within ± `spread` of it. */
  readonly computeMs: number;
  readonly spread: number;
  /** Bits per second of the server's network card, each way, and one way's delay. */
  readonly linkBitsPerSecond: number;
  readonly latencyMs: number;
  /** At which the server's thread checks and adds gradients, and makes an update. */
  readonly reduceBytesPerSecond: number;
  readonly updateBytesPerSecond: number;
}

export interface WorldResult {
  /** Median, without the first steps, in which the server learns how fast its workers are. */
  readonly stepMs: number;
  /** Shares of the time in which the card was busy downwards and upwards, and the thread of the server. */
  readonly busy: { readonly down: number; readonly up: number; readonly server: number };
}

const jobId = 'job_01JSSCALESCALESCALESCALESC';
const incarnation = 1;
/** As the host does (services/parameter-server/src/host.ts). */
const tickMs = 50;
/** From the queue to a worker that asks for work. */
const queueMs = 1;
const samplesPerMicroBatch = 8;
const warmUpSteps = 4;
export const plainWire = { down: 1, up: 1 };

/**
 * A training job on its real parameter server (training job, crew, rounds, tree sums, gradient jobs) with workers, links and a
 * processor that only take time. Its parameters are 16 numbers; what is sent and added counts as `parameterBytes`.
 */
export async function simulateScale(options: WorldOptions): Promise<WorldResult> {
  const { workers, microBatches, parameterBytes, latencyMs, wire = plainWire } = options;
  const events = createEventQueue();
  const random = createRandom(options.seed);
  const rates = { bytesPerMs: options.linkBitsPerSecond / 8000, latencyMs };
  const down = createDirection(events, rates);
  const up = createDirection(events, rates);
  const thread = createSerial(events);
  const reduceMs = (1000 * parameterBytes) / options.reduceBytesPerSecond;
  const updateMs = (1000 * parameterBytes) / options.updateBytesPerSecond;

  const elements = 16;
  const entry = { name: 'w', shape: [elements], offset: 0, length: elements };
  const layout: ParameterLayout = {
    entries: [{ ...entry, initializer: 'zeros', trainable: true }],
    elements,
    trainableElements: elements,
    gradientElements: elements,
  };
  const batchSize = microBatches * samplesPerMicroBatch;
  const training = { epochs: 1, batchSize, optimizer: { type: 'sgd', learningRate: 0.1 } } as const;
  const timetable = createTimetable({
    ...training,
    microBatches,
    trainingSamples: batchSize * options.steps,
    validationSamples: 0,
    checkpointEverySteps: options.steps + 1,
  });
  const state = createTrainingState({
    layout,
    metrics: [],
    microBatches,
    training,
    steps: timetable.steps,
    start: {
      version: 0,
      ledgerHash: emptyLedger,
      evaluated: undefined,
      parameters: new Float32Array(elements),
      slots: undefined,
    },
    clock: () => events.nowMs,
  });

  // What a gradient job waits for is a worker; the queue gives it to the first one that is free.
  const queue: number[] = [];
  const idle: (() => boolean)[] = [];
  const deliver = () => {
    while (queue.length > 0 && idle.length > 0) if (idle[0]!()) idle.shift();
  };
  const gradientJobs = createGradientJobs({
    queue: {
      add: async ({ serial }) => {
        queue.push(serial);
        events.at(events.nowMs + queueMs, deliver);
      },
      setPriority: async () => {},
      states: async (jobs) => new Map(jobs.map(({ serial }) => [serial, 'waiting'])),
      remove: async () => {},
    },
    jobId,
    incarnation,
    workers,
    address: 'unix:/none',
    createLease: () => 'lease',
    onError: (error) => {
      throw error;
    },
  });

  const steps: StepTimes[] = [];
  let outcome: unknown;
  const job = createTrainingJob({
    jobId,
    incarnation,
    epochs: 1,
    metrics: [],
    classesOf: () => undefined,
    maxStaleness: 0,
    state: withUpdateTime(state, parameterBytes),
    timetable,
    clock: () => events.nowMs,
    // The update is made in the server's thread, behind the gradients that came before.
    defer: (task) => thread.take(updateMs, task),
    times: { unit() {}, step: (times) => void steps.push(times) },
    gradientJobs,
    reporter: {
      point() {},
      event() {},
      finish: async () => {},
      abandon() {},
      quarantined() {},
      delivered: async () => {},
    },
    checkpoints: { write() {}, idle: async () => {}, weights: async () => 'none' },
  });

  const answered = (link: WorkerLink, held: Held) => {
    const { node, version, assignment } = held;
    const header: FrameHeader = {
      type: 'GRADIENT',
      job: 0n,
      incarnation,
      step: version,
      microBatch: node.first,
      count: node.count,
      version,
      assignment,
      payloadBytes: state.slotBytes,
      payloadCheck: null,
    };
    const slot = job.expectGradient(link, header);
    if (slot instanceof Error) {
      job.refused(link, header, slot);
      return;
    }
    slot.payload.fill(0);
    writeSums(slot.payload, { samples: node.count * samplesPerMicroBatch, loss: 1, metrics: [] });
    thread.take(reduceMs, () => job.gradient(link, header, slot));
  };

  for (let index = 0; index < workers; index++) {
    const name = `worker-${index + 1}`;
    const takeNext = (): boolean => {
      const serial = queue.shift();
      if (serial === undefined) return false;
      if (gradientJobs.join(serial, name)) job.joined(link, serial);
      return true;
    };
    const link = createVirtualWorker({
      name,
      events,
      down,
      up,
      downBytes: parameterBytes * wire.down,
      upBytes: parameterBytes * wire.up,
      computeMs: (count) => count * options.computeMs * (1 + options.spread * (2 * random() - 1)),
      answered: (held) => answered(link, held),
      released: () => {
        idle.push(takeNext);
        events.at(events.nowMs + queueMs, deliver);
      },
    });
    idle.push(takeNext);
  }

  void job.ended.then((ended) => {
    outcome = ended;
  });
  job.start();
  const tick = () => {
    job.tick();
    events.at(events.nowMs + tickMs, tick);
  };
  events.at(tickMs, tick);
  while (outcome === undefined) {
    let ran = 0;
    events.runUntil(Number.POSITIVE_INFINITY, () => ran++ === 1);
    // Promises settle between two events, as they do between two turns of an event loop.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const marks = steps.slice(warmUpSteps).map(({ appliedAt }) => appliedAt);
  const durations = marks.slice(1).map((mark, index) => mark - marks[index]!);
  const share = (busyMs: number) => busyMs / events.nowMs;
  return {
    stepMs: durations.sort((a, b) => a - b)[durations.length >> 1]!,
    busy: { down: share(down.busyMs), up: share(up.busyMs), server: share(thread.busyMs) },
  };
}

/** The same state, whose updates take a turn of their own, and whose gradients count as so many bytes. */
function withUpdateTime(state: TrainingState, gradientBytes: number): TrainingState {
  const apply: TrainingState['apply'] = (total, units) => {
    const update = state.apply(total, units);
    let waited = false;
    return (
      update && {
        advance() {
          if (waited) return update.advance(Number.POSITIVE_INFINITY);
          waited = true;
          return undefined;
        },
      }
    );
  };
  return Object.create(state, { apply: { value: apply }, gradientBytes: { value: gradientBytes } });
}
