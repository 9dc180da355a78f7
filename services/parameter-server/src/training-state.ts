import type { Scores, TrainingSettings } from '@descent/contracts';
import { type CompiledMetric, type ParameterLayout, scoresOf, sumCount } from '@descent/models';
import {
  addInto,
  allFinite,
  clipFactor,
  createOptimizer,
  type FlatBuffer,
  FlatMemory,
  learningRateAt,
  squaredNorm,
} from '@descent/optimizers';
import { averageStates } from './average-states.ts';
import { createLedger } from './ledger.ts';
import { createParameterVersions, type PublishedVersion } from './parameter-versions.ts';
import { mostRepeats } from './round.ts';
import { addSums, readSumsBlock, sumsBlockBytes } from './sums.ts';
import { createTreeSum, type TreeSum } from './tree-sum.ts';

/** The current version, one that sockets may still be sending, and the one being written. */
const parameterBuffers = 3;

/** One received micro-batch as it came off the wire: sums block, then gradients. */
export interface GradientSlot {
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Samples, loss sum, one sum per metric. A view of the payload. */
  readonly sums: Float64Array;
  readonly gradient: FlatBuffer;
}

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
}

/** All that changes when a training job makes a step: parameters, optimizer slots, ledger; and the memory they lie in. */
export interface TrainingState {
  readonly version: number;
  readonly ledgerHash: string;
  /** Bytes of a GRADIENT frame's payload. */
  readonly slotBytes: number;
  readonly evaluated: Evaluation | undefined;
  /** Room for one gradient; there is always enough for every unit and its repeats. */
  takeSlot(): GradientSlot;
  freeSlot(slot: GradientSlot): void;
  isFinite(slot: GradientSlot): boolean;
  createSum(count: number): TreeSum<GradientSlot>;
  /** Makes the next version from a step's total and frees it; undefined while sockets hold every other buffer. */
  apply(total: GradientSlot): AppliedStep | undefined;
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
}

export function createTrainingState(options: TrainingStateOptions): TrainingState {
  const { layout, metrics, training, steps, start } = options;
  const optimizer = createOptimizer(training.optimizer);
  const trainable = { start: 0, end: layout.trainableElements };
  const memory = new FlatMemory({
    parameters: { count: parameterBuffers, length: layout.elements },
    gradients: {
      count: options.microBatches + mostRepeats,
      length: layout.gradientElements,
      prefixBytes: sumsBlockBytes(sumCount(metrics)),
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

  const versions = createParameterVersions(parameters, start.version);
  const ledger = createLedger(start.ledgerHash);
  const free: GradientSlot[] = gradients.map((gradient) => ({
    payload: gradient.payload,
    sums: readSumsBlock(gradient.payload, sumCount(metrics)),
    gradient,
  }));

  return {
    get version() {
      return versions.version;
    },
    get ledgerHash() {
      return ledger.hash;
    },
    slotBytes: gradients[0]!.payload.byteLength,
    evaluated: start.evaluated,
    takeSlot() {
      const slot = free.pop();
      if (slot === undefined) throw new Error('more gradients are being received than units are held');
      return slot;
    },
    freeSlot: (slot) => void free.push(slot),
    isFinite: (slot) => slot.sums.every(Number.isFinite) && allFinite(slot.gradient),
    createSum: (count) =>
      createTreeSum(count, (left, right) => {
        addInto(left.gradient, right.gradient);
        addSums(left.sums, right.sums);
        free.push(right);
      }),
    apply(total) {
      const next = versions.next();
      if (next === undefined) return undefined;
      const step = versions.version;
      const samples = total.sums[0]!;
      const gradientNorm = Math.sqrt(squaredNorm(total.gradient, undefined, trainable)) / samples;
      const learningRate = learningRateAt(training.schedule, training.optimizer.learningRate, step, steps);
      optimizer.update({
        parameters: versions.current,
        next,
        gradients: total.gradient,
        slots,
        step,
        learningRate,
        scale: clipFactor(gradientNorm, training.clipNorm) / samples,
        range: trainable,
      });
      averageStates(layout, versions.current.floats, next.floats, total.gradient.floats, samples);
      versions.publish();
      ledger.append(step, total.sums);
      const values = { ...scoresOf(metrics, total.sums), gradientNorm, learningRate };
      free.push(total);
      return { samples, values };
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
