import { type Graph, graphHash } from '@descent/autodiff';
import { localStepsOf, type TrainingPlan } from '@descent/contracts';
import {
  type ArtifactSource,
  bindInputs,
  chooseSamples,
  createGather,
  type Gather,
  type InputBinding,
  type LoadedSplit,
  loadSplit,
  localBatches,
  microBatchRange,
  type Range,
  type SampleSelection,
  type SelectedSamples,
  sampleOrder,
} from '@descent/datasets';
import type { Engine } from '@descent/engines';
import { DescentError } from '@descent/errors';
import { type Assignment, nodeLevel, writeTimings } from '@descent/gradient-channel';
import { compileModel, evaluationGraph, roundingKey, sumCount, trainingGraph } from '@descent/models';
import { LRUCache } from 'lru-cache';
import { type BoundWork, type Draw, makeBoundWork } from './bound-work.ts';
import { createJobMemory } from './job-memory.ts';
import type { LocalTraining } from './local-training.ts';
import { addResults, type ResultBuffer } from './result-buffers.ts';
import type { DoneWork } from './work-meter.ts';

/** Batch sizes of a job that stay compiled: micro-batches of two sizes, those of the last step, evaluation slices. */
const keptPrograms = 8;

/** One assignment, and what its header says. */
export interface Work extends Assignment {
  readonly step: number;
  /** The first one. */
  readonly microBatch: number;
  /** Number of the PARAMETERS frame, of those that this job has received, that it is to be computed from. */
  readonly pull: number;
  /** Milliseconds that it has waited behind other work and for the parameters. */
  readonly waitMs: number;
  readonly pullMs: number;
}

/** What one assignment gives. */
export interface Result {
  /** Of a GRADIENT or SCORES frame: sums block, timings block, gradients. */
  readonly payload: Uint8Array;
  /** The payload is not needed any more and may be written over. */
  release(): void;
}

/** A training job that this worker can compute: graphs, samples in memory, compiled programs. */
export interface PreparedJob {
  /** `parameters` (see `prepareJob`) must hold the version that the work is to be computed from. */
  compute(work: Work): Promise<Result>;
  /** There is nothing to do: gathers the samples of what comes next if all goes on as it did. */
  lookAhead(): void;
  dispose(): void;
}

export interface PrepareOptions {
  readonly plan: TrainingPlan;
  /** PARAMETERS payloads, received in place by the gradient channel: the flat parameter buffer, or its encoded form. */
  readonly parameters: Float32Array;
  readonly engine: Engine;
  readonly shards: ArtifactSource;
  /** Hears the times of every assignment. */
  readonly onWork?: (work: DoneWork) => void;
}

/** Samples that one kind of assignment draws from. */
interface Samples {
  readonly graph: Graph;
  readonly count: number;
  readonly gathers: ReadonlyMap<string, Gather>;
  /** Sample numbers in the order of an epoch; an assignment's range is a range of it. */
  order(epoch: number): Uint32Array;
}

/** Resolves when the programs of a usual step are compiled and all samples are in memory. */
export async function prepareJob(options: PrepareOptions): Promise<PreparedJob> {
  const { plan, parameters: received, engine, shards, onWork } = options;
  const { request, manifest, seed } = plan;
  const { batchSize } = request.training;
  const model = compileModel(request.model);
  const training = trainingGraph(model);
  requireSameGraph(training, plan);

  const bindings = bindInputs(request.data, manifest, model.inputs);
  const columns = bindings.flatMap((binding) => binding.columns.map(({ column }) => column));
  const selected = await chooseSamples(request.data, manifest, seed, shards);
  requireSameCounts(selected, plan);
  const splits = new Map<string, Promise<LoadedSplit>>();
  const load = (name: string) => {
    const known = splits.get(name) ?? loadSplit(manifest, name, columns, shards);
    splits.set(name, known);
    return known;
  };
  const samplesOf = async (
    graph: Graph,
    selection: SampleSelection,
    shuffled: boolean,
  ): Promise<Samples> => ({
    graph,
    count: selection.count,
    gathers: gathersOf(await load(selection.split), bindings, seed),
    order: cachedOrder(selection, shuffled ? seed : undefined),
  });
  const samples = {
    train: await samplesOf(training, selected.train, true),
    evaluate: selected.validation && (await samplesOf(evaluationGraph(model), selected.validation, false)),
  };

  const metrics = sumCount(model.metrics);
  const memory = createJobMemory(plan, model.layout, metrics, received);
  const { parameters, local } = memory;
  const programs = new LRUCache<string, Promise<BoundWork>>({
    max: keptPrograms,
    disposeAfter: (ready) => void ready.then((work) => work.release()).catch(() => {}),
  });
  const readyFor = (kind: Assignment['kind'], batch: number): Promise<BoundWork> => {
    const { graph, gathers } = samples[kind]!;
    const key = `${kind} ${batch}`;
    const known = programs.get(key);
    if (known !== undefined) return known;
    const ready = makeBoundWork({ model, graph, gathers, batch, parameters, engine, seed });
    programs.set(key, ready);
    return ready;
  };

  const localSteps = localStepsOf(request.training);
  /** The mini-batches that a participant trains on, or the micro-batch itself. */
  const batchesOf = (slice: Range): readonly Range[] =>
    local === undefined ? [slice] : localBatches(slice, batchSize, plan.microBatches);
  const firstStep = Math.min(batchSize * localSteps, samples.train.count);
  const sizes = Array.from({ length: plan.microBatches }, (_, index) =>
    batchesOf(microBatchRange(firstStep, plan.microBatches, index)).map(({ start, end }) => end - start),
  ).flat();
  for (const size of new Set(sizes)) if (size > 0) await readyFor('train', size);

  const drawOf = (work: Work, at: number): Draw => {
    const { kind, epoch, bounds, step, microBatch } = work;
    const [start, end] = [bounds[at]!, bounds[at + 1]!];
    const source = samples[kind];
    if (source === null)
      throw new DescentError('FRAME_MALFORMED', { problem: 'there is nothing to evaluate' });
    if (end > source.count)
      throw new DescentError('FRAME_MALFORMED', { problem: `samples ${start} to ${end} do not all exist` });
    const indices = () => source.order(epoch).subarray(start, end);
    return { kind, epoch, start, end, step, microBatch: microBatch + at, indices };
  };

  const spent = { data: 0, compute: 0, sum: 0 };
  const timed = async <T>(part: keyof typeof spent, task: () => T | Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await task();
    spent[part] += performance.now() - began;
    return result;
  };

  const run = async (draw: Draw, result: ResultBuffer): Promise<void> => {
    const ready = await readyFor(draw.kind, draw.end - draw.start);
    await timed('data', () => ready.feed(draw));
    await timed('compute', () => ready.run(result));
    const values = (name: string) => Array.from(ready.outputs.get(name)!, Number);
    const sums = [
      draw.end - draw.start,
      values('loss')[0]!,
      ...model.metrics.flatMap(({ name }) => values(`metric/${name}`)),
    ];
    sums.forEach((value, index) => {
      result.sums[index]! += value;
    });
  };

  const computeOne = async (work: Work, at: number): Promise<ResultBuffer> => {
    const draw = drawOf(work, at);
    const result = await memory[work.kind].take();
    result.sums.fill(0);
    if (local === undefined) await run(draw, result);
    else if (work.kind === 'evaluate') {
      local.begin();
      await run(draw, result);
    } else await trainLocally(local, draw, result);
    return result;
  };

  /** One participant's round; its result is the sum of its scores, and its change. */
  const trainLocally = async (training: LocalTraining, draw: Draw, result: ResultBuffer): Promise<void> => {
    training.begin();
    for (const [index, { start, end }] of batchesOf(draw).entries()) {
      const step = draw.step * localSteps + index;
      const indices = () => samples.train.order(draw.epoch).subarray(start, end);
      await run({ ...draw, start, end, step, indices }, result);
      await timed('sum', () => training.step(result.gradient, end - start, index, step));
    }
    training.end(result.gradient);
  };

  /** The node over the micro-batches [from, to) of the work, added in the order of the tree. */
  const computeNode = async (work: Work, from: number, to: number): Promise<ResultBuffer> => {
    if (to - from === 1) return computeOne(work, from);
    const middle = from + 2 ** (nodeLevel(to - from) - 1);
    const left = await computeNode(work, from, middle);
    const right = await computeNode(work, middle, to);
    await timed('sum', () => addResults(left, right));
    memory[work.kind].giveBack(right);
    return left;
  };

  let last: Work | undefined;
  let pulled = 0;

  return {
    async compute(work) {
      if (work.pull !== pulled) memory.adopt();
      pulled = work.pull;
      Object.assign(spent, { data: 0, compute: 0, sum: 0 });
      const result = await computeNode(work, 0, work.bounds.length - 1);
      const times = { wait: work.waitMs, pull: work.pullMs, ...spent };
      writeTimings(result.timings, times);
      onWork?.({ ...times, samples: work.bounds.at(-1)! - work.bounds[0]! });
      last = work;
      if (work.kind === 'train' && memory.encode !== undefined)
        return memory.encode(result, roundingKey({ seed, step: work.step, microBatch: work.microBatch }));
      return { payload: result.payload, release: () => memory[work.kind].giveBack(result) };
    },
    lookAhead() {
      if (last?.kind !== 'train' || local !== undefined) return;
      const { bounds, step, microBatch } = last;
      const expected = { ...last, step: step + 1, bounds: bounds.map((bound) => bound + batchSize) };
      if (expected.bounds.at(-1)! > samples.train.count) return;
      const draw = drawOf({ ...expected, microBatch }, 0);
      const ready = programs.get(`train ${draw.end - draw.start}`);
      void ready?.then((work) => work.feed(draw));
    },
    dispose: () => programs.clear(),
  };
}

function gathersOf(
  split: LoadedSplit,
  bindings: readonly InputBinding[],
  seed: number,
): ReadonlyMap<string, Gather> {
  return new Map(bindings.map((binding) => [binding.input, createGather(split, binding, seed)]));
}

/** Consecutive assignments are mostly of one epoch. */
function cachedOrder(selection: SampleSelection, seed: number | undefined): (epoch: number) => Uint32Array {
  let cached: { readonly epoch: number; readonly order: Uint32Array } | undefined;
  return (epoch) => {
    if (cached?.epoch !== epoch) cached = { epoch, order: sampleOrder(selection, seed, epoch) };
    return cached.order;
  };
}

/** The plan's counts decide the ranges that are handed out. */
function requireSameCounts({ train, validation }: SelectedSamples, { samples }: TrainingPlan): void {
  if (train.count === samples.train && (validation?.count ?? 0) === samples.validation) return;
  const actual = `${train.count} and ${validation?.count ?? 0}`;
  throw new RangeError(
    `The plan has ${samples.train} and ${samples.validation} samples; its data has ${actual}`,
  );
}

function requireSameGraph(graph: Graph, plan: TrainingPlan): void {
  const actual = graphHash(graph);
  if (actual !== plan.graphHash)
    throw new DescentError('GRAPH_MISMATCH', { actual, expected: plan.graphHash });
}
