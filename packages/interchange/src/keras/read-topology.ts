import { DescentError } from '@descent/errors';
import { field, isObject, type JsonObject, listField, textField } from './json.ts';

/** A layer as the file has it, with the names of the layers it reads. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  readonly config: JsonObject;
  readonly inputs: readonly string[];
  /** How often it is used. */
  readonly uses: number;
}

export interface KerasTopology {
  /** In the order of the file; input layers included. */
  readonly layers: readonly KerasLayer[];
  /** Names of the layers whose results are those of the model. */
  readonly outputs: readonly string[];
  /** Major version of Keras, 2 where the file does not say. */
  readonly version: number;
}

/** More than any honest model; the limits of specs are far below. */
const mostLayers = 20_000;

/**
 * Reads the topology of a Sequential or Functional model of Keras 2 or 3: `model.to_json()`, a `config.json`, or the
 * `model.json` of TensorFlow.js.
 *
 * @throws DescentError KERAS_INVALID
 */
export function readTopology(file: unknown): KerasTopology {
  const outer = field(file, 'modelTopology') ?? file;
  const model = field(outer, 'model_config') ?? outer;
  const className = textField(model, 'class_name') ?? '';
  const config = field(model, 'config');
  const version = versionOf(textField(outer, 'keras_version') ?? textField(model, 'keras_version'), model);
  const given = Array.isArray(config) ? config : listField(config, 'layers');
  if (given.length === 0) throw invalid('it has no layers (`config.layers`)');
  if (given.length > mostLayers)
    throw invalid(`it has ${given.length} layers; at most ${mostLayers} are read`);
  switch (className) {
    case 'Sequential':
      return { ...sequential(given, config), version };
    case 'Functional':
    case 'Model':
      return { ...functional(given, config), version };
    default:
      throw invalid(`it is a "${className}"; Sequential and Functional models are read`);
  }
}

/** TensorFlow.js follows Keras 2, and says "tfjs-layers 4.22.0". Keras 3 writes the module of every object. */
function versionOf(given: string | undefined, model: unknown): number {
  const major = Number.parseInt(given ?? '', 10);
  if (Number.isInteger(major)) return major;
  return given === undefined && textField(model, 'module') !== undefined ? 3 : 2;
}

function sequential(given: readonly unknown[], config: unknown): Omit<KerasTopology, 'version'> {
  const read = given.map((layer, index) => readLayer(layer, index));
  const [first] = read as [ReturnType<typeof readLayer>];
  const layers: KerasLayer[] = [];
  if (first.className !== 'InputLayer') {
    const shape = field(first.config, 'batch_input_shape') ?? field(config, 'build_input_shape');
    if (shape === undefined) throw invalid(`layer "${first.name}" does not say the shape of its input`);
    const input = { batch_input_shape: shape, dtype: field(first.config, 'dtype') };
    layers.push({ className: 'InputLayer', name: `${first.name}_input`, config: input, inputs: [], uses: 1 });
  }
  for (const layer of read) {
    const before = layers.at(-1);
    layers.push({ ...layer, inputs: before === undefined ? [] : [before.name], uses: 1 });
  }
  return { layers, outputs: [layers.at(-1)!.name] };
}

function functional(given: readonly unknown[], config: unknown): Omit<KerasTopology, 'version'> {
  const layers = given.map((raw, index): KerasLayer => {
    const layer = readLayer(raw, index);
    const calls = listField(raw, 'inbound_nodes');
    return { ...layer, inputs: calls.slice(0, 1).flatMap(readCall), uses: Math.max(1, calls.length) };
  });
  const outputs = references(field(config, 'output_layers'));
  if (outputs.length === 0) throw invalid('it has no output layers (`config.output_layers`)');
  return { layers, outputs };
}

/** The layers that one use of a layer reads: [["a", 0, 0, {}], …], or Keras 3's `{ args, kwargs }`. */
function readCall(call: unknown): readonly string[] {
  if (Array.isArray(call)) return references(call);
  const found: string[] = [];
  const walk = (value: unknown, depth: number): void => {
    if (depth > 16) return;
    if (textField(value, 'class_name') === '__keras_tensor__') {
      found.push(...references([field(field(value, 'config'), 'keras_history')]));
    } else if (Array.isArray(value)) for (const element of value) walk(element, depth + 1);
    else if (isObject(value)) for (const element of Object.values(value)) walk(element, depth + 1);
  };
  walk(field(call, 'args'), 0);
  walk(field(call, 'kwargs'), 0);
  return found;
}

/** Names out of ["a", 0, 0], or of a list of such. */
function references(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return isObject(value) ? Object.values(value).flatMap(references) : [];
  if (typeof value[0] === 'string') return [value[0]];
  return value.flatMap((element) =>
    Array.isArray(element) && typeof element[0] === 'string' ? [element[0]] : [],
  );
}

function readLayer(raw: unknown, index: number): Pick<KerasLayer, 'className' | 'name' | 'config'> {
  const config = field(raw, 'config');
  const className = textField(raw, 'class_name');
  if (!isObject(config) || className === undefined) {
    throw invalid(`layer ${index} has no class_name and config`);
  }
  return { className, name: textField(config, 'name') ?? textField(raw, 'name') ?? `layer_${index}`, config };
}

export function invalid(problem: string): DescentError {
  return new DescentError('KERAS_INVALID', { problem });
}
