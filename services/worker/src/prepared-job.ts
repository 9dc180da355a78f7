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
  type SampleSelection,
  type SelectedSamples,
  sampleOrder,
} from '@descent/datasets';
import type { ElementArray, Engine, Port, Program } from '@descent/engines';
import { DescentError } from '@descent/errors';
import { type Assignment, sumsBlockBytes, writeSums } from '@descent/gradient-channel';
import {
  type CompiledModel,
  compileModel,
  dropoutMask,
  evaluationGraph,
  gradientOutput,
  sumCount,
  trainingGraph,
  viewOf,
} from '@descent/models';
import { arrayOf, bytesOf } from '@descent/tensors';
import { createRecentlyUsed } from './recently-used.ts';

/** Batch sizes of a job that stay compiled: micro-batches of two sizes, those of the last step, evaluation slices. */
const keptPrograms = 8;

/** What one assignment gives. The buffers are reused by the next. */
export interface Result {
  /** The sums block. */
  readonly sums: Uint8Array;
  /** The flat gradient buffer; undefined for an evaluation. */
  readonly gradients: Uint8Array | undefined;
}

/** A training job that this worker can compute: graphs, samples in memory, compiled programs. */
export interface PreparedJob {
  /** `parameters` (see `prepareJob`) must hold the version that the assignment is to be computed from. */
  compute(assignment: Assignment, step: number, microBatch: number): Promise<Result>;
  dispose(): void;
}

export interface PrepareOptions {
  readonly plan: TrainingPlan;
  /** The flat parameter buffer, received in place by the gradient channel. */
  readonly parameters: Float32Array;
  readonly engine: Engine;
  readonly shards: ArtifactSource;
}

/** What random inputs and transforms depend on. */
interface Place {
  readonly epoch: number | undefined;
  readonly step: number;
  readonly microBatch: number;
}

/** A program with its inputs and outputs in place. */
interface Ready {
  readonly program: Program;
  readonly feeds: readonly ((indices: Uint32Array, at: Place) => void)[];
  readonly outputs: ReadonlyMap<string, ElementArray>;
  run(): Promise<void>;
}

/** Samples that one kind of assignment draws from. */
interface Samples {
  readonly graph: Graph;
  readonly gathers: ReadonlyMap<string, Gather>;
  /** Sample numbers in the order of an epoch; an assignment's range is a range of it. */
  order(epoch: number): Uint32Array;
}

export async function prepareJob({ plan, parameters, engine, shards }: PrepareOptions): Promise<PreparedJob> {
  const { request, manifest, seed } = plan;
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
    gathers: gathersOf(await load(selection.split), bindings, seed),
    order: cachedOrder(selection, shuffled ? seed : undefined),
  });
  const samples = {
    train: await samplesOf(training, selected.train, true),
    evaluate: selected.validation && (await samplesOf(evaluationGraph(model), selected.validation, false)),
  };

  const gradients = new Float32Array(model.layout.gradientElements);
  const sums = new Uint8Array(sumsBlockBytes(sumCount(model.metrics)));
  const programs = createRecentlyUsed<string, Promise<Ready>>(keptPrograms, (ready) => {
    ready.then(({ program }) => program.release()).catch(() => {});
  });

  const readyFor = (kind: Assignment['kind'], source: Samples, batch: number): Promise<Ready> => {
    const key = `${kind} ${batch}`;
    const known = programs.get(key);
    if (known !== undefined) return known;
    const ready = makeReady({ model, source, batch, parameters, gradients, engine, seed });
    programs.set(key, ready);
    return ready;
  };

  return {
    async compute({ kind, epoch, start, end }, step, microBatch) {
      const source = samples[kind];
      if (source === null)
        throw new DescentError('FRAME_MALFORMED', { problem: 'there is nothing to evaluate' });
      const indices = source.order(epoch).subarray(start, end);
      if (indices.length !== end - start) {
        throw new DescentError('FRAME_MALFORMED', { problem: `samples ${start} to ${end} do not all exist` });
      }
      const ready = await readyFor(kind, source, indices.length);
      // Augmentation is for training; evaluations feed the samples as they are.
      const at = { epoch: kind === 'train' ? epoch : undefined, step, microBatch };
      for (const feed of ready.feeds) feed(indices, at);
      await ready.run();
      const scalar = (name: string) => Number(ready.outputs.get(name)![0]);
      writeSums(sums, {
        samples: indices.length,
        loss: scalar('loss'),
        metrics: model.metrics.flatMap(({ name }) =>
          Array.from(ready.outputs.get(`metric/${name}`)!, Number),
        ),
      });
      return { sums, gradients: kind === 'train' ? bytesOf(gradients) : undefined };
    },
    dispose: () => programs.clear(),
  };
}

interface ReadyOptions {
  readonly model: CompiledModel;
  readonly source: Samples;
  readonly batch: number;
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  readonly engine: Engine;
  readonly seed: number;
}

/** Compiles the graph for one batch size and ties every port to memory. */
async function makeReady(options: ReadyOptions): Promise<Ready> {
  const { model, source, batch, parameters, gradients, engine, seed } = options;
  const program = await engine.compile(source.graph, { batch });
  const feeds: Ready['feeds'][number][] = [];
  const parameterViews = new Map(
    model.layout.entries.map((entry) => [entry.name, viewOf(parameters, entry)]),
  );
  const gradientViews = new Map(
    model.layout.entries.flatMap((entry) => {
      const output = gradientOutput(entry);
      return output === undefined ? [] : [[output, viewOf(gradients, entry)] as const];
    }),
  );

  const inputOf = ({ name, dtype, elements }: Port): ElementArray => {
    const parameter = parameterViews.get(name);
    if (parameter !== undefined) return parameter;
    const target = arrayOf(dtype as InputBinding['dtype'], elements);
    const gather = source.gathers.get(name);
    if (gather !== undefined) {
      feeds.push((indices, { epoch }) => gather(indices, target, epoch));
      return target;
    }
    const index = model.randomInputs.findIndex((random) => random.name === name);
    const { rate } = model.randomInputs[index]!;
    feeds.push((_, { step, microBatch }) =>
      dropoutMask(target as Float32Array, rate, index, { seed, step, microBatch }),
    );
    return target;
  };
  const outputOf = ({ name, dtype, elements }: Port): ElementArray =>
    gradientViews.get(name) ?? (arrayOf(dtype, elements) as ElementArray);

  const outputs = new Map(program.outputs.map((port) => [port.name, outputOf(port)]));
  const inputs = new Map(program.inputs.map((port) => [port.name, inputOf(port)]));
  const bound = program.bind({ inputs, outputs });
  return { program, feeds, outputs, run: () => bound.run() };
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
