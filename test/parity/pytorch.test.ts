import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { evaluate, type Graph } from '@descent/autodiff';
import { type ModelSpec, ModelSpec as schema, validate } from '@descent/contracts';
import { createEngine } from '@descent/engines';
import { importOnnx } from '@descent/interchange';
import { type CompiledModel, compileModel, inferenceGraph, trainingGraph } from '@descent/models';
import { dtypes, readNpz, type Tensor, tensor } from '@descent/tensors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('pytorch_models.py', import.meta.url));
const installed = await promisify(execFile)(python, ['-c', 'import torch']).then(
  () => true,
  () => false,
);
const why = installed ? '' : ' (skipped: apt-get install python3-torch)';

/** Relative, over the whole tensor: ‖ours − theirs‖∞ ÷ ‖theirs‖∞. */
const tolerance = 1e-4;

interface Parity {
  readonly name: string;
  /** All gradients can be told apart: the export kept PyTorch's parameters. */
  readonly gradients: 'all' | 'matched';
}

const cases: readonly Parity[] = [
  { name: 'mlp', gradients: 'all' },
  { name: 'mlp-fixed-batch', gradients: 'all' },
  { name: 'mlp-opset-11', gradients: 'all' },
  { name: 'cnn-training', gradients: 'all' },
  { name: 'cnn-inference', gradients: 'matched' },
  { name: 'lstm', gradients: 'all' },
  { name: 'lstm-folded', gradients: 'matched' },
  { name: 'lstm-fixed-batch', gradients: 'all' },
  { name: 'transformer', gradients: 'all' },
  { name: 'transformer-folded', gradients: 'all' },
  { name: 'transformer-opset-17', gradients: 'all' },
  { name: 'encoder-training', gradients: 'all' },
];

describe.skipIf(!installed)(`PyTorch's loss and gradients${why}`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'descent-parity-'));
    await promisify(execFile)(python, [script, folder]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(cases)('$name, reference evaluation', async ({ name, gradients }) => {
    const one = await read(folder, name);
    const results = evaluate(trainingGraph(one.model), feedsOf(one, trainingGraph(one.model)), {
      batch: one.batch,
    });
    compare(one, gradients, (output) => Array.from(results.outputs.get(output)!.data, Number));
    const inference = inferenceGraph(one.model);
    if (!name.endsWith('training')) {
      const { outputs } = evaluate(inference, feedsOf(one, inference), { batch: one.batch });
      expect(
        deviation(Array.from([...outputs.values()][0]!.data, Number), one.arrays.get('output')!),
      ).toBeLessThan(tolerance);
    }
  });

  test.each(cases)('$name, onnx engine', async ({ name, gradients }) => {
    const one = await read(folder, name);
    const engine = await createEngine({ engine: 'onnx', device: 'cpu' });
    const graph = trainingGraph(one.model);
    const feeds = feedsOf(one, graph);
    const program = await engine.compile(graph, { batch: one.batch });
    const inputs = new Map(program.inputs.map((port) => [port.name, single(feeds[port.name]!)]));
    const outputs = new Map(
      program.outputs.map((port) => [port.name, new dtypes.float32.array(port.elements)]),
    );
    await program.bind({ inputs, outputs }).run();
    compare(one, gradients, (output) => Array.from(outputs.get(output)!));
    await engine.dispose();
  });
});

interface Case {
  readonly model: CompiledModel;
  readonly weights: ReadonlyMap<string, Tensor>;
  /** What PyTorch computed. */
  readonly arrays: ReadonlyMap<string, Tensor>;
  readonly batch: number;
}

async function read(folder: string, name: string): Promise<Case> {
  const file = join(folder, name, 'model.onnx');
  expect(existsSync(file)).toBe(true);
  const { topology, weights } = importOnnx(await readFile(file));
  const { prediction, ...parts } = topology;
  const spec: ModelSpec = { ...parts, loss: { type: 'softmaxCrossEntropy', labels: 'label', prediction } };
  const arrays = await readNpz(join(folder, name, 'case.npz'));
  const model = compileModel(validate(schema, spec));
  return { model, weights, arrays, batch: arrays.get('input')!.shape[0]! };
}

function feedsOf({ arrays, weights }: Case, graph: Graph): Readonly<Record<string, Tensor>> {
  const feeds = new Map<string, Tensor>(weights);
  for (const name of graph.inputs) {
    const source = arrays.get(name === 'label' ? 'labels' : 'input')!;
    const whole = graph.types.get(name)!.dtype === 'int32';
    feeds.set(name, whole ? tensor('int32', source.shape, Int32Array.from(source.data, Number)) : source);
  }
  return Object.fromEntries(feeds);
}

function single({ data }: Tensor): Float32Array | Int32Array {
  if (data instanceof Int32Array) return data;
  return Float32Array.from(data, Number);
}

function compare(
  { weights, arrays }: Case,
  gradients: Parity['gradients'],
  result: (name: string) => readonly number[],
): void {
  expect(deviation(result('loss'), arrays.get('loss')!)).toBeLessThan(tolerance);
  const matched = new Set<string>();
  const far: Record<string, number> = {};
  // A gradient that is zero but for rounding, as that of a bias before batch normalisation, has no scale of its own.
  const floor =
    0.05 *
    Math.max(...[...arrays].filter(([key]) => key.startsWith('gradient/')).map(([, one]) => largest(one)));
  for (const [name, weight] of weights) {
    const theirs = parameterLike(arrays, name, weight);
    if (theirs === undefined) continue;
    matched.add(theirs.name);
    const ours = tensor('float64', weight.shape, Float64Array.from(result(`gradient/${name}`)));
    const turned = theirs.transposed ? transposed(ours) : ours;
    const off = deviation(Array.from(turned.data, Number), arrays.get(`gradient/${theirs.name}`)!, floor);
    if (off > tolerance) far[name] = off;
  }
  expect(far).toEqual({});
  const all = [...arrays.keys()].filter((key) => key.startsWith('parameter/')).map((key) => key.slice(10));
  if (gradients === 'all') expect([...matched].sort()).toEqual(all.sort());
  else expect(matched.size).toBeGreaterThan(0);
}

/** The parameter of PyTorch that a weight of the file is, by its name, or by its values: the export transposes some and renames them. */
function parameterLike(
  arrays: ReadonlyMap<string, Tensor>,
  name: string,
  weight: Tensor,
): { readonly name: string; readonly transposed: boolean } | undefined {
  const parameters = [...arrays]
    .filter(([key]) => key.startsWith('parameter/'))
    .map(([key, value]) => [key.slice('parameter/'.length), value] as const);
  for (const [theirs] of parameters) {
    if (theirs.replaceAll('.', '_') === name) return { name: theirs, transposed: false };
  }
  for (const [theirs, value] of parameters) {
    if (same(value, weight)) return { name: theirs, transposed: false };
    if (weight.shape.length === 2 && same(value, transposed(weight)))
      return { name: theirs, transposed: true };
  }
  return undefined;
}

function same(a: Tensor, b: Tensor): boolean {
  if (a.shape.join() !== b.shape.join() || a.data.length < 2) return false;
  return Array.from(a.data, Number).every((value, index) => value === Number(b.data[index]));
}

function transposed(value: Tensor): Tensor {
  const [rows, columns] = value.shape as readonly [number, number];
  const data = Float64Array.from({ length: rows * columns }, (_, index) =>
    Number(value.data[(index % rows) * columns + Math.floor(index / rows)]),
  );
  return { dtype: 'float64', shape: [columns, rows], data };
}

function deviation(ours: readonly number[], theirs: Tensor, floor = 0): number {
  expect(ours.length).toBe(theirs.data.length);
  const differences = ours.map((value, index) => Math.abs(value - Number(theirs.data[index])));
  return Math.max(...differences) / Math.max(largest(theirs), floor);
}

function largest({ data }: Tensor): number {
  return Math.max(...Array.from(data, Number).map(Math.abs));
}
