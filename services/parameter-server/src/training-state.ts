import type { Scores, TrainingSettings } from '@descent/contracts';
import { type CompiledMetric, type ParameterLayout, scoresOf, sumCount } from '@descent/models';
import { addInto, createOptimizer, FlatMemory, learningRateAt } from '@descent/optimizers';
import { createGradientSlot, type GradientSlot } from './gradient-slot.ts';
import { createLedger } from './ledger.ts';
import { createParameterVersions, type PublishedVersion } from './parameter-versions.ts';
import { mostRepeats } from './round.ts';
import { createStepUpdate, tilesOfLayout } from './step-update.ts';
import { addSums, prefixBytes } from './sums.ts';
import { createArrivalSum, createTreeSum, type Total, type TreeSum } from './tree-sum.ts';

/** The current version, one that sockets may still be sending, and the one being written. */
const parameterBuffers = 3;

export interface Evaluation {
  readonly version: number;
  readonly values: Scores;
}

/** Where a training job continues from. */
export interface StartPoint {
  readonly version: number;
  readonly ledgerHash: string;
  readonly evaluated: Evaluation | undefined;
  /** The flat parameter buffer. */
  readonly parameters: Float32Array;
  /** By slot name; undefined: as the optimizer initialises them. */
  readonly slots: ReadonlyMap<string, Float32Array> | undefined;
}

export interface AppliedStep {
  readonly samples: number;
  readonly values: Scores & { readonly loss: number };
  readonly reduceMs: number;
  readonly updateMs: number;
}

/** An update that has begun. It must be brought to its end before anything else happens to the state. */
export interface Applying {
  /** Goes on for about so many elements; the result when the next version is published. */
  advance(elements: number): AppliedStep | undefined;
}

/** All that changes when a training job makes a step: parameters, optimizer slots, ledger; and the memory they lie in. */
export interface TrainingState {
  readonly version: number;
  readonly ledgerHash: string;
  /** Bytes of a GRADIENT frame's payload. */
  readonly slotBytes: number;
  readonly gradientBytes: number;
  readonly evaluated: Evaluation | undefined;
  /** Room for one gradient; there is always enough for every unit and its repeats. */
  takeSlot(): GradientSlot;
  freeSlot(slot: GradientSlot): void;
  /** Over so many micro-batches. */
  createSum(count: number): TreeSum<GradientSlot>;
  /** Begins to make the next version from a step's total; undefined while sockets hold every other buffer. */
  apply(total: Total<GradientSlot>): Applying | undefined;
  whenApplicable(callback: () => void): void;
  hold(): PublishedVersion;
  /** Copies that stay as they are while training goes on. */
  snapshot(): Omit<StartPoint, 'evaluated'>;
}

export interface TrainingStateOptions {
  readonly layout: ParameterLayout;
  readonly metrics: readonly CompiledMetric[];
  readonly microBatches: number;
  readonly training: TrainingSettings;
  readonly steps: number;
  readonly start: StartPoint;
  /** Default `tree`: the fixed order that the bits depend on. `arrival` is for the benchmark of what that costs. */
  readonly sumOrder?: 'tree' | 'arrival' | undefined;
  /** Monotonic milliseconds. */
  clock?(): number;
}

export function createTrainingState(options: TrainingStateOptions): TrainingState {
  const { layout, metrics, training, steps, start, clock = () => performance.now() } = options;
  const optimizer = createOptimizer(training.optimizer);
  const createSum = options.sumOrder === 'arrival' ? createArrivalSum : createTreeSum;
  const memory = new FlatMemory({
    parameters: { count: parameterBuffers, length: layout.elements },
    // What the last round still receives comes on top of what this one may hold.
    gradients: {
      count: options.microBatches + 2 * mostRepeats,
      length: layout.gradientElements,
      prefixBytes: prefixBytes(sumCount(metrics)),
    },
    slots: { count: optimizer.slotNames.length, length: layout.trainableElements },
  });
  const { parameters, gradients, slots } = memory.buffers;
  // All of them, since an update leaves what is frozen.
  for (const buffer of parameters) buffer.floats.set(start.parameters);
  optimizer.init(slots);
  optimizer.slotNames.forEach((name, index) => {
    const saved = start.slots?.get(name);
    if (saved !== undefined) slots[index]!.floats.set(saved);
  });

  const tiles = tilesOfLayout(layout);
  const versions = createParameterVersions(parameters, start.version);
  const ledger = createLedger(start.ledgerHash);
  const free = gradients.map((gradient) => createGradientSlot(gradient, sumCount(metrics)));

  return {
    get version() {
      return versions.version;
    },
    get ledgerHash() {
      return ledger.hash;
    },
    slotBytes: gradients[0]!.payload.byteLength,
    gradientBytes: gradients[0]!.bytes.byteLength,
    evaluated: start.evaluated,
    takeSlot() {
      const slot = free.pop();
      if (slot === undefined) throw new Error('more gradients are being received than units are held');
      slot.clear(clock());
      return slot;
    },
    freeSlot: (slot) => void free.push(slot),
    createSum: (count) =>
      createSum<GradientSlot>(count, (left, right) => {
        addInto(left.gradient, right.gradient);
        addSums(left.sums, right.sums);
        free.push(right);
      }),
    apply([left, right]) {
      const next = versions.next();
      if (next === undefined) return undefined;
      if (right !== undefined) addSums(left.sums, right.sums);
      const step = versions.version;
      const samples = left.sums[0]!;
      const learningRate = learningRateAt(training.schedule, training.optimizer.learningRate, step, steps);
      const update = createStepUpdate({
        layout,
        tiles,
        optimizer,
        training,
        step,
        learningRate,
        samples,
        current: versions.current,
        next,
        slots,
        left: left.gradient,
        right: right?.gradient,
        clock,
      });
      return {
        advance(elements) {
          if (!update.advance(elements)) return undefined;
          versions.publish();
          ledger.append(step, left.sums);
          const { reduceMs, updateMs } = update;
          const values = {
            ...scoresOf(metrics, left.sums),
            gradientNorm: update.gradientNorm(),
            learningRate,
          };
          free.push(left);
          if (right !== undefined) free.push(right);
          return { samples, values, reduceMs, updateMs };
        },
      };
    },
    whenApplicable: versions.whenFree,
    hold: versions.hold,
    snapshot: () => ({
      version: versions.version,
      ledgerHash: ledger.hash,
      parameters: versions.current.floats.slice(),
      slots: new Map(optimizer.slotNames.map((name, index) => [name, slots[index]!.floats.slice()])),
    }),
  };
}
