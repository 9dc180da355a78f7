import {
  type LayerSpec,
  type LossType,
  type ModelSpec,
  ModelSpec as ModelSpecSchema,
  ModelTopology,
  validate,
} from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type CompiledModel, compileModel, type ModelLimits } from '@descent/models';
import type { Tensor } from '@descent/tensors';
import type { ImportedModel } from '../onnx/import-onnx.ts';
import { assignWeights } from './assign-weights.ts';
import { field } from './json.ts';
import { layerNames } from './layer-names.ts';
import { type ReadLayer, readLayer } from './read-layer.ts';
import { invalid, type KerasLayer, readTopology } from './read-topology.ts';
import { readWeights } from './read-weights.ts';

export interface ImportKerasOptions {
  /** The files of the weights manifest, one after the other. Left out: fresh weights. */
  readonly weights?: Uint8Array;
  /** Layer that the loss reads; the only output of the model when left out. */
  readonly output?: string;
  /**
   * What the model will be trained with. A softmax or sigmoid that the prediction ends in is left out where the loss
   * applies it itself (it takes logits).
   */
  readonly loss?: LossType;
  readonly limits?: Partial<ModelLimits>;
}

/**
 * Reads a Sequential or Functional Keras model: the JSON of Keras 2 or 3, or a TensorFlow.js layers model with its
 * weights. Layers keep their names where a spec allows them; images stay channels-last.
 *
 * @param file parsed JSON, untrusted
 * @throws DescentError KERAS_INVALID; KERAS_UNSUPPORTED with every layer that has no counterpart; SPEC_…
 */
export function importKeras(file: unknown, options: ImportKerasOptions = {}): ImportedModel {
  const topology = readTopology(file);
  const output = outputOf(topology.outputs, options.output);
  const names = layerNames(topology.layers);
  const read = new Map<KerasLayer, ReadLayer>();
  const problems: string[] = [];
  for (const layer of topology.layers) {
    if (layer.className === 'InputLayer') continue;
    const result = readLayer(layer, topology.version);
    if (typeof result === 'string') problems.push(`${layer.className} "${layer.name}" (${result})`);
    else read.set(layer, result);
  }
  if (problems.length > 0) throw unsupported(problems);

  const used = layersBehind(topology.layers, output);
  const inputs: ModelSpec['inputs'] = {};
  const layers: LayerSpec[] = [];
  for (const layer of used) {
    const name = names.get(layer.name)!;
    if (layer.className === 'InputLayer') inputs[name] = inputSpec(layer, used);
    else {
      const given = layer.inputs.map((input) => names.get(input) ?? input);
      layers.push({ ...read.get(layer)!.spec, name, inputs: given } as LayerSpec);
    }
  }
  const prediction = dropLink(layers, names.get(output)!, options.loss);
  const given = validate(ModelTopology, { inputs, layers, prediction }, ['model']);
  const model = compiled(given, options.limits);
  checkLastAxes(model, used, read, names);
  const weights: ReadonlyMap<string, Tensor> =
    options.weights === undefined
      ? new Map()
      : assignWeights(
          model,
          [...read].map(([layer, { variables }]) => ({ layer, variables, name: names.get(layer.name)! })),
          readWeights(file, options.weights),
        );
  return { topology: given, weights };
}

function outputOf(outputs: readonly string[], wanted: string | undefined): string {
  if (wanted !== undefined) return wanted;
  const [only, ...others] = outputs;
  if (only !== undefined && others.length === 0) return only;
  const list = outputs.map((name) => `"${name}"`).join(', ');
  throw invalid(`it has the outputs ${list}: say which one the loss reads`);
}

/** In the order of the file. */
function layersBehind(layers: readonly KerasLayer[], output: string): readonly KerasLayer[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const used = new Set<KerasLayer>();
  const open = [output];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const layer = byName.get(name);
    if (layer === undefined) throw invalid(`it has no layer "${name}"`);
    if (used.has(layer)) continue;
    used.add(layer);
    open.push(...layer.inputs);
  }
  return layers.filter((layer) => used.has(layer));
}

function inputSpec({ name, config }: KerasLayer, layers: readonly KerasLayer[]): ModelSpec['inputs'][string] {
  const given = field(config, 'batch_input_shape') ?? field(config, 'batch_shape');
  const shape = Array.isArray(given) ? given.slice(1) : undefined;
  if (shape === undefined || !shape.every((dim): dim is number => Number.isSafeInteger(dim) && dim >= 1)) {
    throw invalid(
      `input "${name}" has the shape ${JSON.stringify(given)}; every axis but the batch must be fixed`,
    );
  }
  const readers = layers.filter((layer) => layer.inputs.includes(name));
  const codes = readers.some(({ className }) => className === 'Embedding');
  return codes ? { shape, dtype: 'int32' } : { shape };
}

/** Leaves out an activation that the loss applies itself; returns the name of the prediction. */
function dropLink(layers: LayerSpec[], prediction: string, loss: LossType | undefined): string {
  const link =
    loss === 'softmaxCrossEntropy' ? 'softmax' : loss === 'sigmoidCrossEntropy' ? 'sigmoid' : undefined;
  const index = layers.findIndex(({ name }) => name === prediction);
  const last = layers[index];
  if (link === undefined || last === undefined) return prediction;
  const isLink = last.type === link || ('activation' in last && last.activation === link);
  if (!isLink) return prediction;
  if (last.type === 'activation' || last.type === 'softmax') {
    const [before] = last.inputs ?? [];
    if (before === undefined || layers.some(({ inputs }, at) => at !== index && inputs?.includes(prediction)))
      return prediction;
    layers.splice(index, 1);
    return before;
  }
  layers[index] = { ...last, activation: 'linear' } as LayerSpec;
  return prediction;
}

/** The loss only stands in: what is compiled are the layers. */
function compiled(
  { prediction, ...topology }: ModelTopology,
  limits: Partial<ModelLimits> = {},
): CompiledModel {
  const labels = freeName(topology, 'labels');
  const spec = validate(ModelSpecSchema, {
    ...topology,
    loss: { type: 'meanSquaredError', labels, prediction },
  });
  return compileModel(spec, { limits });
}

function freeName({ inputs, layers = [] }: Pick<ModelSpec, 'inputs' | 'layers'>, stem: string): string {
  const taken = new Set([...Object.keys(inputs), ...layers.map(({ name }) => name)]);
  let name = stem;
  while (taken.has(name)) name = `${name}_`;
  return name;
}

/** Keras counts the axis of a normalisation from the batch; ours is always the last one. */
function checkLastAxes(
  model: CompiledModel,
  layers: readonly KerasLayer[],
  read: ReadonlyMap<KerasLayer, ReadLayer>,
  names: ReadonlyMap<string, string>,
): void {
  const ranks = new Map(model.layers.map(({ name, outputShape }) => [name, outputShape.length]));
  const problems = layers.flatMap((layer) => {
    const axis = read.get(layer)?.lastAxis;
    const rank = ranks.get(names.get(layer.name)!);
    if (axis === undefined || rank === undefined || axis === -1 || axis === rank - 1) return [];
    return [`${layer.className} "${layer.name}" (axis ${axis} of ${rank}; only the last axis is normalised)`];
  });
  if (problems.length > 0) throw unsupported(problems);
}

function unsupported(layers: readonly string[]): DescentError {
  const more = layers.length > 12 ? ` and ${layers.length - 12} more` : '';
  return new DescentError('KERAS_UNSUPPORTED', {
    problem: layers.slice(0, 12).join(', ') + more,
    unsupported: layers,
  });
}
