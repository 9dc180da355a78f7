import { type LayerSpec, lossesOf } from '@descent/contracts';
import type { CompiledModel } from '@descent/models';
import { bytesOf } from '@descent/tensors';
import { zipSync } from 'fflate';
import { classByType, type KerasClass } from '../../keras/layer-table.ts';
import type { Floats } from '../../keras/variables.ts';
import type { TrainedModel } from '../trained-model.ts';
import { unsupported } from '../unsupported.ts';

/** The two files of a TensorFlow.js layers model. */
export interface TfjsModel {
  /** JSON text of `model.json`. */
  readonly json: string;
  /** `weights.bin`, which `model.json` names. */
  readonly weights: Uint8Array;
}

/**
 * A zip with `model.json` and `weights.bin`: what `tf.loadLayersModel` reads.
 *
 * @throws DescentError EXPORT_UNSUPPORTED with every layer or node that TensorFlow.js has no class for
 */
export function exportTfjs(trained: TrainedModel): Uint8Array {
  const { json, weights } = writeTfjs(trained);
  // Stored as they are, and always with one date: weights do not compress, and equal models give equal files.
  const options = { level: 0, mtime: new Date(1980, 0, 1) } as const;
  return zipSync({
    'model.json': [new TextEncoder().encode(json), options],
    'weights.bin': [weights, options],
  });
}

export function writeTfjs({ name, model, weights }: TrainedModel): TfjsModel {
  const layers = namedLayers(model);
  const written = layers.map((layer) => ({ layer, entry: tfjsClass(layer) }));
  const refused = [
    ...written.flatMap(({ layer, entry }) => (entry === undefined ? [`${layer.type} "${layer.name}"`] : [])),
    ...(model.spec.nodes ?? []).map((node) => `${node.op} "${node.name}"`),
  ];
  if (refused.length > 0) throw unsupported('a TensorFlow.js layers model', refused);

  const inputs = model.inputs.filter(({ role }) => role === 'feature');
  const tensors: { readonly name: string; readonly tensor: Floats }[] = [];
  const topology = written.map(({ layer, entry }) => {
    for (const variable of variablesOf(layer, entry!)) {
      const stored = weights.get(`${layer.name}/${variable.ours}`)!;
      tensors.push({ name: variable.path, tensor: variable.layout.write(stored, depthOf(layer)) });
    }
    return {
      class_name: layer.bidirectional ? 'Bidirectional' : entry!.className,
      name: layer.name,
      config: layer.bidirectional ? bidirectionalConfig(layer, entry!) : configOf(layer, entry!),
      inbound_nodes: [layer.inputs.map((input) => [input, 0, 0, {}])],
    };
  });
  const config = {
    name,
    layers: [
      ...inputs.map(({ name: input, dtype, shape }) => ({
        class_name: 'InputLayer',
        name: input,
        config: { name: input, batch_input_shape: [null, ...shape], dtype, sparse: false },
        inbound_nodes: [],
      })),
      ...topology,
    ],
    input_layers: inputs.map(({ name: input }) => [input, 0, 0]),
    output_layers: [[predictionOf(model, layers), 0, 0]],
  };
  const json = {
    format: 'layers-model',
    generatedBy: 'Descent',
    convertedBy: null,
    modelTopology: { class_name: 'Model', config, keras_version: '2.0.0', backend: 'tensor_flow.js' },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: tensors.map(({ name: path, tensor }) => ({
          name: path,
          shape: tensor.shape,
          dtype: 'float32',
        })),
      },
    ],
  };
  return { json: JSON.stringify(json), weights: joined(tensors.map(({ tensor }) => tensor)) };
}

/** A layer with what a spec may leave out. Fields are looked at by the names of the table. */
interface NamedLayer {
  readonly name: string;
  readonly type: LayerSpec['type'];
  readonly inputs: readonly string[];
  readonly bidirectional: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
}

function namedLayers({ spec, layers, inputs }: CompiledModel): readonly NamedLayer[] {
  const names = new Map(layers.map(({ path, name }) => [path, name]));
  const feature = inputs.find(({ role }) => role === 'feature')!.name;
  let before = feature;
  return (spec.layers ?? []).map((layer, index) => {
    const name = layer.name ?? names.get(`model.layers[${index}]`) ?? `${layer.type}_${index}`;
    const given = layer.inputs ?? [before];
    before = name;
    const bidirectional = 'bidirectional' in layer && layer.bidirectional === true;
    return { name, type: layer.type, inputs: given, bidirectional, fields: { ...layer } };
  });
}

/** Functions that TensorFlow.js computes as Keras 3 does. */
const activations: ReadonlySet<unknown> = new Set([
  ...[
    'linear',
    'relu',
    'relu6',
    'sigmoid',
    'tanh',
    'softmax',
    'elu',
    'selu',
    'gelu',
    'silu',
    'swish',
    'mish',
  ],
  ...['softplus', 'softsign', undefined],
]);

function tfjsClass({ type, fields }: NamedLayer): KerasClass | undefined {
  const entry = classByType.get(type);
  const known = activations.has(fields.activation) && activations.has(fields.recurrentActivation);
  // TensorFlow.js knows these fields and refuses such values when it loads or runs the model.
  const refused =
    (typeof fields.groups === 'number' && fields.groups > 1) ||
    fields.padding === 'causal' ||
    (type === 'elu' && (fields.alpha ?? 1) !== 1);
  return entry?.tfjs === undefined || !known || refused ? undefined : entry;
}

function configOf(
  { name, fields }: NamedLayer,
  { fields: known, tfjs }: KerasClass,
): Record<string, unknown> {
  const written = known.flatMap(([ours, keras, kind]) => {
    const value = fields[ours];
    const text = value === undefined ? undefined : kind.write(value);
    return text === undefined ? [] : [[keras, text] as const];
  });
  return { name, trainable: true, ...tfjs, ...Object.fromEntries(written) };
}

function bidirectionalConfig(layer: NamedLayer, entry: KerasClass): Record<string, unknown> {
  const inner = {
    class_name: entry.className,
    config: configOf({ ...layer, name: innerName(layer) }, entry),
  };
  const modes: Readonly<Record<string, string>> = {
    concat: 'concat',
    sum: 'sum',
    multiply: 'mul',
    average: 'ave',
  };
  const mode = modes[String(layer.fields.mergeMode ?? 'concat')];
  return { name: layer.name, trainable: true, layer: inner, merge_mode: mode };
}

function innerName({ name }: NamedLayer): string {
  return `${name}_rnn`;
}

function variablesOf(layer: NamedLayer, { variables }: KerasClass) {
  const present = variables.filter(({ flag }) => flag === undefined || layer.fields[flag] !== false);
  if (!layer.bidirectional) {
    return present.map((variable) => ({ ...variable, path: `${layer.name}/${variable.keras}` }));
  }
  return ['forward', 'backward'].flatMap((direction) =>
    present.map((variable) => ({
      ...variable,
      ours: `${direction}/${variable.ours}`,
      path: `${layer.name}/${direction}_${innerName(layer)}/${variable.keras}`,
    })),
  );
}

function depthOf({ fields }: NamedLayer): number {
  return typeof fields.depthMultiplier === 'number' ? fields.depthMultiplier : 1;
}

function predictionOf({ spec }: CompiledModel, layers: readonly NamedLayer[]): string {
  const [loss] = lossesOf(spec);
  return (loss !== undefined && 'prediction' in loss ? loss.prediction : undefined) ?? layers.at(-1)!.name;
}

function joined(tensors: readonly Floats[]): Uint8Array {
  const all = new Uint8Array(tensors.reduce((sum, { data }) => sum + data.byteLength, 0));
  let offset = 0;
  for (const { data } of tensors) {
    all.set(bytesOf(data), offset);
    offset += data.byteLength;
  }
  return all;
}
