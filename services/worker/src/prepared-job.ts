import { type Graph, graphHash } from '@descent/autodiff';
import type { TrainingPlan } from '@descent/contracts';
import {
  type ArtifactSource,
  bindInputs,
  chooseSamples,
  createGather,
  type Gather,
  type InputBinding,
  type LoadedSplit,
  loadSplit,
  microBatchRange,
  type SampleSelection,
  type SelectedSamples,
  sampleOrder,
} from '@descent/datasets';
import type { Engine } from '@descent/engines';
import { DescentError } from '@descent/errors';
import {
  type Assignment,
  deepestLevel,
  nodeLevel,
  type WorkTimings,
  writeSums,
  writeTimings,
} from '@descent/gradient-channel';
import { compileModel, evaluationGraph, sumCount, trainingGraph } from '@descent/models';
import { type BoundWork, type Draw, makeBoundWork } from './bound-work.ts';
import { createRecentlyUsed } from './recently-used.ts';
import { addResults, createResultBuffers, type ResultBuffer } from './result-buffers.ts';

/** Batch sizes of a job that stay compiled: micro-batches of two sizes, those of the last step, evaluation slices. */
const keptPrograms = 8;
/** Levels of an evaluation's tree that fit its buffers: a node has at most 1,024 slices. */
const evaluationLevels = 10;

/** One assignment, and what its header says. */
export interface Work extends Assignment {
  readonly step: number;
  /** The first one. */
  readonly microBatch: number;
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
  /** The flat parameter buffer, received in place by the gradient channel. */
  readonly parameters: Float32Array;
  readonly engine: Engine;
  readonly shards: ArtifactSource;
  /** Hears the times of every assignment. */
  readonly onWork?: (times: WorkTimings) => void;
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
  const { plan, parameters, engine, shards, onWork } = options;
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
  const { gradientElements } = model.layout;
  const levels = deepestLevel(plan.microBatches, 4 * gradientElements);
  const results = {
    train: createResultBuffers(levels + 2, gradientElements, metrics),
    evaluate: createResultBuffers(evaluationLevels + 2, 0, metrics),
  };
  const programs = createRecentlyUsed<string, Promise<BoundWork>>(keptPrograms, (ready) => {
    ready.then((work) => work.release()).catch(() => {});
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

  const firstBatch = Math.min(batchSize, samples.train.count);
  const sizes = Array.from({ length: plan.microBatches }, (_, index) => {
    const { start, end } = microBatchRange(firstBatch, plan.microBatches, index);
    return end - start;
  });
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

  const computeOne = async (work: Work, at: number): Promise<ResultBuffer> => {
    const draw = drawOf(work, at);
    const ready = await readyFor(work.kind, draw.end - draw.start);
    const result = await results[work.kind].take();
    await timed('data', () => ready.feed(draw));
    await timed('compute', () => ready.run(result));
    const scalar = (name: string) => Number(ready.outputs.get(name)![0]);
    writeSums(result.payload, {
      samples: draw.end - draw.start,
      loss: scalar('loss'),
      metrics: model.metrics.flatMap(({ name }) => Array.from(ready.outputs.get(`metric/${name}`)!, Number)),
    });
    return result;
  };

  /** The node over the micro-batches [from, to) of the work, added in the order of the tree. */
  const computeNode = async (work: Work, from: number, to: number): Promise<ResultBuffer> => {
    if (to - from === 1) return computeOne(work, from);
    const middle = from + 2 ** (nodeLevel(to - from) - 1);
    const left = await computeNode(work, from, middle);
    const right = await computeNode(work, middle, to);
    await timed('sum', () => addResults(left, right));
    results[work.kind].giveBack(right);
    return left;
  };

  let last: Work | undefined;

  return {
    async compute(work) {
      Object.assign(spent, { data: 0, compute: 0, sum: 0 });
      const result = await computeNode(work, 0, work.bounds.length - 1);
      const times = { wait: work.waitMs, pull: work.pullMs, ...spent };
      writeTimings(result.timings, times);
      onWork?.(times);
      last = work;
      return { payload: result.payload, release: () => results[work.kind].giveBack(result) };
    },
    lookAhead() {
      if (last?.kind !== 'train') return;
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
