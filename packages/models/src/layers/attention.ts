import type { ValueName } from '@descent/autodiff';
import { asWritten, type Feature, toAsWritten } from '../feature.ts';
import type { ParameterInitializer } from '../initializers.ts';
import type { LayerContext } from './layer.ts';
import { linear } from './linear.ts';

export interface AttentionSpec {
  readonly heads: number;
  readonly keyUnits?: number | undefined;
  readonly valueUnits?: number | undefined;
  readonly outputUnits?: number | undefined;
  readonly causal?: boolean | undefined;
  readonly dropout?: number | undefined;
  readonly useBias?: boolean | undefined;
  readonly kernelInitializer?: ParameterInitializer | undefined;
  readonly biasInitializer?: ParameterInitializer | undefined;
}

export interface AttentionInputs {
  readonly query: Feature;
  readonly key: Feature;
  readonly value: Feature;
  /** 0 where a position is not attended to: [keys] or [queries, keys]. */
  readonly mask?: Feature | undefined;
}

/** Added to the score of a position that is not attended to; softmax makes an exact 0 of it. */
const excluded = -1e9;

/**
 * softmax(q · kᵀ ÷ √keyUnits) · v in each head (Vaswani et al. 2017), with a projection before each and one after:
 * query/kernel and key/kernel [features, heads · keyUnits], value/kernel [features, heads · valueUnits], output/kernel
 * [heads · valueUnits, outputUnits]. Query [queries, features], key and value [keys, ...] → [queries, outputUnits].
 */
export function attend(context: LayerContext, inputs: AttentionInputs, spec: AttentionSpec): Feature {
  const { graph } = context;
  const { heads, causal = false, dropout = 0 } = spec;
  const [queries, keys] = sequenceLengths(context, inputs);
  const features = inputs.query.shape[1]!;
  if (spec.keyUnits === undefined && features % heads !== 0) {
    const problem = `${heads} heads do not divide the ${features} features of its query; set keyUnits`;
    throw context.mismatch(problem, `[length, a multiple of ${heads}]`, inputs.query.shape);
  }
  const keyUnits = spec.keyUnits ?? features / heads;
  const valueUnits = spec.valueUnits ?? keyUnits;
  context.admitShape([heads, queries, keys]);

  const project = (role: string, input: Feature, units: number): ValueName =>
    context.part(role, (part) => linear(part, input, { ...spec, units }).value);
  const perHead = (value: ValueName, length: number, units: number, perm: readonly number[]) => {
    const split = graph.add('Reshape', [value, graph.integers([0, length, heads, units])]);
    return graph.add('Transpose', [split], { perm });
  };
  const query = project('query', inputs.query, heads * keyUnits);
  const key = project('key', inputs.key, heads * keyUnits);
  const value = project('value', inputs.value, heads * valueUnits);
  // Scaled before the product, where there are fewer numbers.
  const scaled = graph.add('Mul', [query, graph.scalar(1 / Math.sqrt(keyUnits))]);
  const scores = graph.add('MatMul', [
    perHead(scaled, queries, keyUnits, [0, 2, 1, 3]),
    perHead(key, keys, keyUnits, [0, 2, 3, 1]),
  ]);
  const biases = [
    ...(causal ? [causalBias(context, queries, keys)] : []),
    ...(inputs.mask === undefined ? [] : [maskBias(context, inputs.mask, queries, keys)]),
  ];
  const biased = biases.reduce((sum, bias) => graph.add('Add', [sum, bias]), scores);
  const weights = graph.add('Softmax', [biased], { axis: -1 });
  const mixed = graph.add('MatMul', [
    dropped(context, weights, [heads, queries, keys], dropout),
    perHead(value, keys, valueUnits, [0, 2, 1, 3]),
  ]);
  const rows = graph.add('Transpose', [mixed], { perm: [0, 2, 1, 3] });
  const joined = graph.add('Reshape', [rows, graph.integers([0, queries, heads * valueUnits])]);
  const result = asWritten(joined, [queries, heads * valueUnits]);
  return context.part('output', (part) =>
    linear(part, result, { ...spec, units: spec.outputUnits ?? features }),
  );
}

function sequenceLengths(context: LayerContext, { query, key, value }: AttentionInputs): [number, number] {
  for (const { shape } of [query, key, value]) {
    if (shape.length !== 2) throw context.mismatch('it attends to sequences', '[length, features]', shape);
  }
  const [keys, values] = [key.shape[0]!, value.shape[0]!];
  if (keys !== values) {
    throw context.mismatch(`its keys have ${keys} positions`, `values of [${keys}, features]`, value.shape);
  }
  return [query.shape[0]!, keys];
}

function dropped(
  context: LayerContext,
  weights: ValueName,
  shape: readonly number[],
  rate: number,
): ValueName {
  if (context.mode !== 'training' || rate === 0) return weights;
  return context.graph.add('Mul', [weights, context.dropoutMask(shape, rate)]);
}

/** [queries, keys]: excluded where the key is later than the query. Of two positions' numbers, so the graph stays small. */
function causalBias({ graph }: LayerContext, queries: number, keys: number): ValueName {
  const positions = (count: number, shape: readonly number[]) =>
    graph.constant({ dtype: 'float32', shape, data: Float32Array.from({ length: count }, (_, i) => i) });
  const later = graph.add('Greater', [positions(keys, [1, keys]), positions(queries, [queries, 1])]);
  return graph.add('Mul', [graph.add('Cast', [later], { to: 'float32' }), graph.scalar(excluded)]);
}

/** [batch, 1, 1 or queries, keys]: excluded where the mask is 0. */
function maskBias(context: LayerContext, mask: Feature, queries: number, keys: number): ValueName {
  const { graph } = context;
  const { shape } = mask;
  const perKey = shape.length === 1 && shape[0] === keys;
  const perPair = shape.length === 2 && shape[0] === queries && shape[1] === keys;
  if (!perKey && !perPair) {
    throw context.mismatch('its mask has another shape', `[${keys}] or [${queries}, ${keys}]`, shape);
  }
  const { value } = toAsWritten(graph, mask);
  const zero = graph.add('Equal', [value, zeroLike(context, value)]);
  const bias = graph.add('Mul', [graph.add('Cast', [zero], { to: 'float32' }), graph.scalar(excluded)]);
  return graph.add('Reshape', [bias, graph.integers([0, 1, perKey ? 1 : queries, keys])]);
}

function zeroLike({ graph }: LayerContext, value: ValueName): ValueName {
  return graph.type(value).dtype === 'int32'
    ? graph.constant({ dtype: 'int32', shape: [], data: Int32Array.of(0) })
    : graph.scalar(0);
}
