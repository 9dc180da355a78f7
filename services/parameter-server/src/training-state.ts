import {
  type LayerSnapshot,
  layersDue,
  maxStalenessOf,
  type Scores,
  type TrainingSettings,
} from '@descent/contracts';
import { type CompiledMetric, type ParameterLayout, scoresOf, sumCount } from '@descent/models';
import { addInto, type FlatBuffer, FlatMemory, gradientFormat, parameterFormat } from '@descent/optimizers';
import { createGradientSlot, type GradientSlot } from './gradient-slot.ts';
import { createLayerMeter } from './layer-meter.ts';
import { createLedger } from './ledger.ts';
import { createParameterVersions, type PublishedVersion } from './parameter-versions.ts';
import { mostRepeats } from './round.ts';
import { createStepUpdate, tilesOfLayout } from './step-update.ts';
import { addSums, prefixBytes } from './sums.ts';
import { createArrivalSum, createTreeSum, type Total, type TreeSum } from './tree-sum.ts';
import { updateRuleOf } from './update-rule.ts';

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
  /** By worker, the first step with work of it that no audit speaks for. */
  readonly unvouched?: ReadonlyMap<string, number> | undefined;
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
  /** Of the steps at which they are measured. */
  readonly layers: LayerSnapshot | undefined;
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
  /** Bytes of a PARAMETERS frame's payload. */
  readonly versionBytes: number;
  /** Whether gradients arrive as they are, so that a worker may add those of sibling micro-batches. */
  readonly isPlain: boolean;
  readonly gradientBytes: number;
  readonly evaluated: Evaluation | undefined;
  /** Room for one gradient; there is always enough for every unit and its repeats. */
  takeSlot(): GradientSlot;
  freeSlot(slot: GradientSlot): void;
  /** Over so many micro-batches. */
  createSum(count: number): TreeSum<GradientSlot>;
  /** Begins to make the next version from a step's total over `units`; undefined while sockets hold every other buffer. */
  apply(total: Total<GradientSlot>, units: number): Applying | undefined;
  whenApplicable(callback: () => void): void;
  /** The current version as it is sent. */
  hold(): PublishedVersion;
  /** Copies that stay as they are while training goes on. */
  snapshot(): Omit<StartPoint, 'evaluated' | 'unvouched'>;
}

export interface TrainingStateOptions {
  readonly layout: ParameterLayout;
  readonly metrics: readonly CompiledMetric[];
  readonly microBatches: number;
  readonly training: TrainingSettings;
  readonly steps: number;
  readonly start: StartPoint;
  /** Some gradients are computed twice, and the first waits for the second. */
  readonly isAudited?: boolean;
  /** Default `tree`: the fixed order that the bits depend on. `arrival` is for the benchmark of what that costs. */
  readonly sumOrder?: 'tree' | 'arrival' | undefined;
  /** Monotonic milliseconds. */
  clock?(): number;
}

export function createTrainingState(options: TrainingStateOptions): TrainingState {
  const { layout, metrics, training, steps, start, clock = () => performance.now() } = options;
  const rule = updateRuleOf(training, layout, steps);
  const { optimizer, slotNames } = rule;
  const { compression = 'none' } = training;
  const { trainableElements: compressed, gradientElements, elements } = layout;
  const push = gradientFormat(compression, { compressed, elements: gradientElements });
  const pull = parameterFormat(compression, { compressed, elements });
  // What the last round still receives comes on top of what this one may hold.
  const perUnit = 1 + maxStalenessOf(training) + (options.isAudited ? 1 : 0);
  const slotCount = options.microBatches * perUnit + 2 * mostRepeats;
  const received = { prefixBytes: prefixBytes(sumCount(metrics)) };
  const createSum = options.sumOrder === 'arrival' ? createArrivalSum : createTreeSum;
  const memory = new FlatMemory(
    {
      parameters: { count: parameterBuffers, length: elements },
      sentParameters: { count: pull === undefined ? 0 : parameterBuffers, length: pull?.length ?? 0 },
      gradients: { count: slotCount, length: gradientElements, ...(push === undefined ? received : {}) },
      receivedGradients: {
        count: push === undefined ? 0 : slotCount,
        length: push?.length ?? 0,
        ...received,
      },
      slots: { count: slotNames.length, length: layout.trainableElements },
    },
    // Workers of this process read it where it is.
    { isShared: true },
  );
  const { parameters, sentParameters, gradients, receivedGradients, slots } = memory.buffers;
  // All of them, since an update leaves what is frozen.
  for (const buffer of parameters) buffer.floats.set(start.parameters);
  optimizer.init(slots);
  slotNames.forEach((name, index) => {
    const saved = start.slots?.get(name);
    if (saved !== undefined) slots[index]!.floats.set(saved);
  });

  const tiles = tilesOfLayout(layout);
  const versions = createParameterVersions(parameters, start.version);
  const ledger = createLedger(start.ledgerHash);
  const free = gradients.map((gradient, index) =>
    createGradientSlot(
      gradient,
      sumCount(metrics),
      push === undefined ? undefined : { format: push, buffer: receivedGradients[index]! },
    ),
  );
  const sentAs = (buffer: FlatBuffer): FlatBuffer =>
    pull === undefined ? buffer : sentParameters[parameters.indexOf(buffer)]!;
  /** Rounds to the nearest: no random numbers, so no key. */
  const encode = (buffer: FlatBuffer) => pull?.pack(sentAs(buffer), buffer, 0);
  encode(versions.current);

  return {
    get version() {
      return versions.version;
    },
    get ledgerHash() {
      return ledger.hash;
    },
    slotBytes: (receivedGradients[0] ?? gradients[0]!).payload.byteLength,
    versionBytes: sentAs(parameters[0]!).bytes.byteLength,
    isPlain: push === undefined,
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
    apply([left, right], units) {
      const next = versions.next();
      if (next === undefined) return undefined;
      if (right !== undefined) addSums(left.sums, right.sums);
      const step = versions.version;
      const samples = left.sums[0]!;
      const divisor = rule.divisor({ samples, units });
      const due = layersDue(step + 1, steps);
      const meter = due === 'none' ? undefined : createLayerMeter(layout);
      const update = createStepUpdate({
        layout,
        tiles,
        rule,
        step,
        divisor,
        current: versions.current,
        next,
        slots,
        left: left.gradient,
        right: right?.gradient,
        onTile: meter?.tile,
        clock,
      });
      return {
        advance(elements) {
          if (!update.advance(elements)) return undefined;
          const layers = meter?.snapshot(divisor, due === 'histograms' ? next.floats : undefined);
          encode(next);
          versions.publish();
          ledger.append(step, left.sums);
          const { reduceMs, updateMs } = update;
          const values = {
            ...scoresOf(metrics, left.sums),
            gradientNorm: update.gradientNorm(),
            learningRate: rule.reportedRate(step),
          };
          free.push(left);
          if (right !== undefined) free.push(right);
          return { samples, values, reduceMs, updateMs, layers };
        },
      };
    },
    whenApplicable: versions.whenFree,
    hold() {
      const published = versions.hold();
      return { ...published, buffer: sentAs(published.buffer) };
    },
    snapshot: () => ({
      version: versions.version,
      ledgerHash: ledger.hash,
      parameters: versions.current.floats.slice(),
      slots: new Map(slotNames.map((name, index) => [name, slots[index]!.floats.slice()])),
    }),
  };
}
