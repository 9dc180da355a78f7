import {
  type DataSettings,
  type DatasetManifest,
  lossesOf,
  type Mistakes,
  type ModelSpec,
  mostLookedAt,
  type Prediction,
  type PredictRequest,
} from '@descent/contracts';
import {
  type ArtifactSource,
  bindInputs,
  chooseSamples,
  classesOfInput,
  type InputBinding,
} from '@descent/datasets';
import type { ElementArray, Engine, Program } from '@descent/engines';
import { DescentError } from '@descent/errors';
import { type CompiledModel, compileModel, inferenceGraph, viewOf } from '@descent/models';
import { arrayOf } from '@descent/tensors';
import { loadSamples } from '../explain/load-samples.ts';
import { decodeParameters } from '../explain/read-parameters.ts';
import { nestRows } from './nested-rows.ts';
import { countRows, type GivenRows, readColumns, rowsOfColumns } from './read-rows.ts';

/** What a thread needs to know of a job. */
export interface PredictionSource {
  readonly spec: ModelSpec;
  readonly data: DataSettings;
  readonly manifest: DatasetManifest;
  /** Of the job: it decides which samples validate. */
  readonly seed: number;
}

/** A trained model, ready to answer. */
export interface PredictionModel {
  predict(request: PredictRequest): Promise<Prediction>;
  /**
   * The worst mistakes on samples that the job did not train on.
   * @throws DescentError REQUEST_INVALID where the model is no classifier, or nothing validates it
   */
  mistakes(limit: number, files: ArtifactSource): Promise<Mistakes>;
}

/** Samples of the validation split are read and computed so many at a time. */
const samplesAtOnce = 512;

/** A program has a fixed batch size: three of them serve any number of rows, the last one in several runs. */
const batchSizes = [1, 16, 128] as const;

/** Compiles the forward graph of a job and ties parameters to it: its weights, or with the prefix a checkpoint (safetensors). */
export function createPredictionModel(
  engine: Engine,
  source: PredictionSource,
  file: Uint8Array,
  prefix: '' | 'parameters/' = '',
): PredictionModel {
  const model = compileModel(source.spec);
  const features = model.inputs.filter(({ role }) => role === 'feature');
  const bindings = bindInputs(featureSettings(source.data, model), source.manifest, features);
  const graph = inferenceGraph(model);
  const flat = decodeParameters(model.layout, file, prefix);
  const parameters = new Map(model.layout.entries.map((entry) => [entry.name, viewOf(flat, entry)]));
  const classNames = classNamesOf(source, model);

  async function run(program: Program, inputs: Batch, start: number, count: number): Promise<Outputs> {
    const batch = program.inputs.find(({ name }) => inputs.has(name))?.shape[0] ?? count;
    const fed = new Map<string, ElementArray>(parameters);
    for (const [name, { values, width }] of inputs) {
      const padded = arrayOf(values instanceof Int32Array ? 'int32' : 'float32', batch * width);
      padded.set(values.subarray(start * width, (start + count) * width));
      fed.set(name, padded);
    }
    const outputs = new Map(
      program.outputs.map((port) => [
        port.name,
        { shape: port.shape.slice(1), data: new Float32Array(port.elements) },
      ]),
    );
    const results = new Map<string, ElementArray>([...outputs].map(([name, { data }]) => [name, data]));
    await program.bind({ inputs: fed, outputs: results }).run();
    return outputs;
  }

  /** Every output of all rows, in their order. */
  async function runAll(inputs: Batch, rows: number): Promise<Map<string, unknown[]>> {
    const batch = batchSizes.find((size) => size >= rows) ?? batchSizes[2];
    const program = await engine.compile(graph, { batch });
    const collected = new Map<string, unknown[]>();
    try {
      for (let start = 0; start < rows; start += batch) {
        const count = Math.min(batch, rows - start);
        for (const [name, { shape, data }] of await run(program, inputs, start, count)) {
          collected.set(name, [...(collected.get(name) ?? []), ...nestRows(data, count, shape)]);
        }
      }
    } finally {
      await program.release();
    }
    return collected;
  }

  return {
    async predict(request) {
      const given = givenRows(request, bindings, source.manifest);
      const rows = countRows(
        given,
        features.map(({ name }) => name),
      );
      const inputs: Batch = new Map(
        bindings.map((binding) => [binding.input, readColumns(given, binding, source.manifest)]),
      );
      const collected = await runAll(inputs, rows);
      const probabilities = collected.get('probabilities') ?? null;
      return {
        rows,
        outputs: collected.get('prediction') ?? [],
        probabilities,
        classes: classNames === null ? null : (probabilities ?? []).map(largest),
        classNames,
        ...othersIn(collected),
      };
    },
    async mistakes(limit, files) {
      const { data, manifest, seed } = source;
      const label = labelOf(source, model);
      if (classNames === null || label === undefined) {
        const problem =
          'its mistakes are not told: that takes one class per sample and a softmaxCrossEntropy';
        throw new DescentError('REQUEST_INVALID', { path: 'id', problem });
      }
      const { validation } = await chooseSamples(data, manifest, seed, files);
      if (validation === null) {
        const problem = 'no samples validate this job; give it `data.validation`';
        throw new DescentError('REQUEST_INVALID', { path: 'id', problem });
      }
      const all = bindInputs(data, manifest, model.inputs).filter(
        ({ input }) => input === label || features.some(({ name }) => name === input),
      );
      const looked = Math.min(validation.count, mostLookedAt);
      const samples = Array.from({ length: looked }, (_, at) => validation.indices?.[at] ?? at);
      const found: Mistakes['mistakes'] = [];
      for (let start = 0; start < looked; start += samplesAtOnce) {
        const indices = samples.slice(start, start + samplesAtOnce);
        const loaded = await loadSamples({ split: validation.split, indices }, all, manifest, files);
        const inputs: Batch = new Map(
          [...loaded]
            .filter(([name]) => name !== label)
            .map(([name, { data: values }]) => [
              name,
              { values: values as Float32Array | Int32Array, width: values.length / indices.length },
            ]),
        );
        const probabilities = (await runAll(inputs, indices.length)).get('probabilities') ?? [];
        const labels = loaded.get(label)?.data ?? [];
        probabilities.forEach((row, at) => {
          const guess = largest(row);
          const truth = Number(labels[at]);
          // A label outside of the classes is one that the loss leaves out.
          if (guess === truth || classNames[truth] === undefined) return;
          const [labelProbability, guessProbability] = [truth, guess].map(
            (place) => (row as number[])[place] ?? 0,
          ) as [number, number];
          found.push({
            sample: indices[at]!,
            label: classNames[truth],
            guess: classNames[guess] ?? String(guess),
            labelProbability,
            guessProbability,
          });
        });
      }
      const worst = found.toSorted((a, b) => a.labelProbability - b.labelProbability).slice(0, limit);
      return { split: validation.split, looked, wrong: found.length, mistakes: worst };
    },
  };
}

function givenRows(
  { inputs, rows }: PredictRequest,
  bindings: readonly InputBinding[],
  manifest: PredictionSource['manifest'],
): GivenRows {
  if (inputs !== undefined && rows === undefined) return inputs;
  if (rows !== undefined && inputs === undefined) return rowsOfColumns(rows, bindings, manifest);
  throw new DescentError('REQUEST_INVALID', { path: 'inputs', problem: 'give either `inputs` or `rows`' });
}

/** Outputs `prediction/<loss>` of the losses after the first. */
function othersIn(collected: ReadonlyMap<string, readonly unknown[]>): Pick<Prediction, 'others'> {
  const names = [...collected.keys()].flatMap((name) =>
    name.startsWith('prediction/') ? [name.slice('prediction/'.length)] : [],
  );
  if (names.length === 0) return {};
  const others = names.map((name) => {
    const outputs = [...(collected.get(`prediction/${name}`) ?? [])];
    const probabilities = collected.get(`probabilities/${name}`);
    return [name, { outputs, probabilities: probabilities === undefined ? null : [...probabilities] }];
  });
  return { others: Object.fromEntries(others) };
}

type Batch = Map<string, { values: Float32Array | Int32Array; width: number }>;
type Outputs = Map<string, { shape: readonly number[]; data: Float32Array }>;

/** The labels of the job are no input here. */
function featureSettings(data: DataSettings, model: CompiledModel): DataSettings {
  const labels = new Set(model.inputs.filter(({ role }) => role === 'label').map(({ name }) => name));
  const inputs = Object.entries(data.inputs ?? {}).filter(([name]) => !labels.has(name));
  return { ...data, inputs: Object.fromEntries(inputs) };
}

/** The label of a model with one loss over classes, one class per sample. */
function labelOf({ spec }: PredictionSource, model: CompiledModel): string | undefined {
  const [loss, ...others] = lossesOf(spec);
  if (loss?.type !== 'softmaxCrossEntropy' || others.length > 0) return undefined;
  const label = model.inputs.find(({ name }) => name === loss.labels);
  return label !== undefined && label.shape.length === 0 ? label.name : undefined;
}

function classNamesOf({ spec, data, manifest }: PredictionSource, model: CompiledModel): string[] | null {
  const [loss] = lossesOf(spec);
  if (loss?.type !== 'softmaxCrossEntropy') return null;
  const label = model.inputs.find(({ name }) => name === loss.labels);
  // Shares of classes come from columns of numbers, which have no names.
  if (label?.classes === undefined) return null;
  const names = classesOfInput(data, manifest, loss.labels) ?? [];
  return Array.from({ length: label.classes }, (_, index) => names[index] ?? String(index));
}

function largest(probabilities: unknown): number {
  const row = probabilities as readonly number[];
  return row.reduce(
    (best, value, index) => (value > (row[best] ?? Number.NEGATIVE_INFINITY) ? index : best),
    0,
  );
}
