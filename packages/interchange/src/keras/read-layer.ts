import type { LayerSpec } from '@descent/contracts';
import * as kinds from './field-kinds.ts';
import { field, isObject, type JsonObject, textField } from './json.ts';
import { classByName, type KerasClass, type LayerVariable } from './layer-table.ts';
import type { KerasLayer } from './read-topology.ts';

export interface ReadLayer {
  /** Without name and inputs. */
  readonly spec: Readonly<Record<string, unknown>> & { readonly type: LayerSpec['type'] };
  /** Under their names here, with the way that leads to them in the file. */
  readonly variables: readonly ReadVariable[];
  /** The axis that must turn out to be the last one, as the file counts it. */
  readonly lastAxis?: number;
}

export interface ReadVariable extends LayerVariable {
  /** Of a bidirectional layer. */
  readonly direction?: 'forward' | 'backward';
  /** Factors of the gates, which lie beside each other along the last axis. */
  readonly factors?: readonly number[];
}

/** Says nothing about what the layer computes, or repeats what is so anyway. */
const meaningless: ReadonlySet<string> = new Set([
  ...[
    'name',
    'dtype',
    'batch_input_shape',
    'batch_shape',
    'input_dtype',
    'input_shape',
    'input_length',
    'autocast',
  ],
  ...[
    'implementation',
    'unroll',
    'seed',
    'shared_object_id',
    'use_legacy_config',
    'lora_alpha',
    'synchronized',
  ],
  ...['moving_mean_initializer', 'moving_variance_initializer', 'alpha_initializer', 'unit_forget_bias'],
  ...['fused', 'supports_masking', 'zero_output_for_mask', 'training_dtype'],
]);

/** The layer, or in words why it has no counterpart. */
export function readLayer(
  { className, config, uses, inputs }: KerasLayer,
  version: number,
): ReadLayer | string {
  if (uses > 1) return `used ${uses} times with the same weights`;
  if (inputs.length === 0) return 'it reads no layer';
  if (className === 'Bidirectional') return readBidirectional(config, version);
  const entry = classByName.get(className);
  if (entry === undefined) return 'there is no such layer';
  return readClass(entry, config, version);
}

function readClass(entry: KerasClass, config: JsonObject, version: number): ReadLayer | string {
  const spec: Record<string, unknown> & { type: LayerSpec['type'] } = { type: entry.type };
  const known = new Set<string>(entry.lastAxis === true ? ['axis'] : []);
  for (const [ours, keras, kind] of entry.fields) {
    known.add(keras);
    const value = field(config, keras);
    if (value === undefined || (value === null && kind !== kinds.activation)) continue;
    const read = kind.read(value);
    const older = read === 'hardSigmoid' && version < 3;
    if (read === undefined || (older && (entry.gates === undefined || ours !== 'recurrentActivation'))) {
      return `${keras} ${JSON.stringify(value)}`.slice(0, 120);
    }
    spec[ours] = read;
  }
  for (const [key, value] of Object.entries(config)) {
    if (known.has(key) || meaningless.has(key)) continue;
    const problem = refusedField(entry, key, value);
    if (problem !== undefined) return problem;
  }
  const scaled = spec.recurrentActivation === 'hardSigmoid' && version < 3;
  const factors = scaled ? entry.gates?.map((hard) => (hard ? olderHardSigmoid : 1)) : undefined;
  const variables = entry.variables
    .filter(({ flag }) => flag === undefined || spec[flag] !== false)
    .map((variable) => (factors === undefined ? variable : { ...variable, factors }));
  const axis = entry.lastAxis === true ? lastAxis(field(config, 'axis')) : undefined;
  if (axis === null) return `axis ${JSON.stringify(field(config, 'axis'))}`;
  return { spec, variables, ...(axis === undefined ? {} : { lastAxis: axis }) };
}

/**
 * Keras 3 made hard_sigmoid flatter: relu6(x + 3) ÷ 6, before x ÷ 5 + ½ within 0 and 1. The old one of x is the new one
 * of 1.2 · x, so the weights of the gates it works on are scaled.
 */
const olderHardSigmoid = 1.2;

function refusedField({ fixed = {} }: KerasClass, key: string, value: unknown): string | undefined {
  if (Object.hasOwn(fixed, key)) {
    const expected = fixed[key];
    const flat = Array.isArray(value) ? value : [value];
    return value === null || flat.every((element) => element === expected)
      ? undefined
      : `${key} ${JSON.stringify(value)}`;
  }
  if (key === 'data_format')
    return value === null || value === 'channels_last' ? undefined : `${key} ${value}`;
  if (key === 'trainable')
    return value === false ? 'trainable false: layers are not frozen one by one' : undefined;
  const absent =
    value === null || value === false || value === 0 || (Array.isArray(value) && value.length === 0);
  return absent ? undefined : `${key} ${JSON.stringify(value)}`.slice(0, 120);
}

/** −1 or a number as the file counts; null where it is no single axis. */
function lastAxis(value: unknown): number | null {
  const [axis, ...others] = Array.isArray(value) ? value : [value ?? -1];
  return others.length === 0 && Number.isSafeInteger(axis) ? (axis as number) : null;
}

const wrapped: ReadonlySet<string> = new Set(['simpleRnn', 'gru', 'lstm']);

function readBidirectional(config: JsonObject, version: number): ReadLayer | string {
  const inner = field(config, 'layer');
  const innerConfig = field(inner, 'config');
  const entry = classByName.get(textField(inner, 'class_name') ?? '');
  if (entry === undefined || !wrapped.has(entry.type) || !isObject(innerConfig)) {
    return `of ${textField(inner, 'class_name')}`;
  }
  const mode = kinds.mergeMode.read(field(config, 'merge_mode'));
  if (mode === undefined) return `merge_mode ${JSON.stringify(field(config, 'merge_mode'))}`;
  const read = readClass(entry, innerConfig, version);
  if (typeof read === 'string') return read;
  return {
    spec: { ...read.spec, bidirectional: true, mergeMode: mode },
    variables: (['forward', 'backward'] as const).flatMap((direction) =>
      read.variables.map((variable) => ({ ...variable, ours: `${direction}/${variable.ours}`, direction })),
    ),
  };
}
