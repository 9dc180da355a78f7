import type { Tensor } from '@descent/tensors';
import type { Shape } from '../dim.ts';
import type { Attributes, ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { DecomposeContext, Operation } from '../operation.ts';
import { type AttentionSizes, attentionOrRefuse, attentionSizes, scaleOf } from '../rules/attention.ts';
import { integer, real } from '../rules/attributes.ts';
import { broadcastOffsets } from '../rules/indexing.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { wrongAttribute } from '../rules/refuse.ts';
import { logSoftmaxOver } from '../rules/softmax.ts';

/** What a score becomes that must not count: its exponential is 0, and no infinity enters the arithmetic. */
const excluded = -1e30;

/**
 * ONNX Attention (opset 23): softmax(scale · Q Kᵀ + mask) V per head, with heads of K and V shared by groups of heads of
 * Q, a causal mask, past keys and values, and softcap (applied before the mask, so that masked scores stay out). Where a
 * boolean mask excludes every key of a query, its result is 0. Outputs Y, present_key, present_value, and the scores
 * before (qk_matmul_output_mode 0) or after (3) the softmax. Vaswani et al. (2017).
 */
export const attention: Operation = {
  inputs: [
    { name: 'Q', dtypes: 'float' },
    { name: 'K', dtypes: 'float' },
    { name: 'V', dtypes: 'float' },
    { name: 'attn_mask', dtypes: 'any', presence: 'optional' },
    { name: 'past_key', dtypes: 'float', presence: 'optional' },
    { name: 'past_value', dtypes: 'float', presence: 'optional' },
  ],
  attributes: {
    is_causal: 'integer',
    kv_num_heads: 'integer',
    q_num_heads: 'integer',
    qk_matmul_output_mode: 'integer',
    scale: 'real',
    softcap: 'real',
    softmax_precision: 'integer',
  },
  shape: (context) => {
    const { attributes } = context.node;
    if (![0, 3].includes(integer(attributes, 'qk_matmul_output_mode', 0))) {
      throw wrongAttribute(context.node, 'qk_matmul_output_mode', 'must be 0 or 3');
    }
    if (integer(attributes, 'softmax_precision', 1) !== 1) {
      throw wrongAttribute(context.node, 'softmax_precision', 'must be 1, float32');
    }
    if (real(attributes, 'softcap', 0) < 0)
      throw wrongAttribute(context.node, 'softcap', 'must not be negative');
    const { batch, heads, sharedHeads, queries, keys, past, keySize, valueSize, flat } =
      attentionOrRefuse(context);
    const shapes: Shape[] = [
      flat ? [batch, queries, heads * valueSize] : [batch, heads, queries, valueSize],
      [batch, sharedHeads, past + keys, keySize],
      [batch, sharedHeads, past + keys, valueSize],
      [batch, heads, queries, past + keys],
    ];
    return shapes.map((shape) => ({ dtype: 'float32', shape }));
  },
  evaluate: (inputs, attributes, types) => {
    const sizes = attentionSizes(
      inputs.map((input) => input?.shape),
      attributes,
    );
    const results = attend(inputs, attributes, sizes);
    return types.map((type, index) => tensorOf(type, results[index]!));
  },
  gradient: 'decompose',
  decompose: (context) => {
    const { graph, node, type } = context;
    const sizes = attentionSizes(
      node.inputs.map((value) => (value === '' ? undefined : type(value).shape)),
      node.attributes,
    );
    const { heads, sharedHeads, queries, keys, past, keySize, valueSize, flat } = sizes;
    const [q, k, v] = node.inputs
      .slice(0, 3)
      .map((value, index) =>
        flat ? headsApart(graph, value, index === 0 ? heads : sharedHeads) : value,
      ) as [ValueName, ValueName, ValueName];
    const continued = (value: ValueName, input: number) => {
      const before = node.inputs[input] ?? '';
      return before === '' ? value : graph.add('Concat', [before, value], { axis: 2 });
    };
    const [allKeys, allValues] = [continued(k, 4), continued(v, 5)];
    // Grouped heads meet the shared one along an axis of their own.
    const group = heads / sharedHeads;
    const total = past + keys;
    const grouped = (value: ValueName, rows: number, columns: number) =>
      group === 1
        ? value
        : graph.add('Reshape', [value, graph.integers([0, sharedHeads, group, rows, columns])]);
    const shared = (value: ValueName) =>
      group === 1 ? value : graph.add('Unsqueeze', [value, graph.integers([2])]);
    const merged = (value: ValueName, columns: number) =>
      group === 1 ? value : graph.add('Reshape', [value, graph.integers([0, heads, queries, columns])]);

    const scaled = graph.add('Mul', [q, graph.scalar(scaleOf(node.attributes, keySize))]);
    const turned = graph.add('Transpose', [allKeys], { perm: [0, 1, 3, 2] });
    const scores = merged(graph.add('MatMul', [grouped(scaled, queries, keySize), shared(turned)]), total);
    const weights = weightsOf(context, sizes, scores);
    const y = merged(graph.add('MatMul', [grouped(weights, queries, total), shared(allValues)]), valueSize);
    const shown = integer(node.attributes, 'qk_matmul_output_mode', 0) === 0 ? scores : weights;
    return [flat ? headsTogether(graph, y, heads * valueSize) : y, allKeys, allValues, shown];
  },
  flops: (inputs, _, attributes) => {
    const { batch, heads, queries, keys, past, keySize, valueSize } = attentionSizes(
      inputs.map((input) => input?.shape),
      attributes,
    );
    return Number(batch) * heads * queries * (past + keys) * (2 * keySize + 2 * valueSize + 5);
  },
};

/** [batch, length, heads · size] → [batch, heads, length, size] */
function headsApart(graph: GraphBuilder, value: ValueName, heads: number): ValueName {
  const [, length, width] = graph.type(value).shape.map(Number) as [number, number, number];
  const apart = graph.add('Reshape', [value, graph.integers([0, length, heads, width / heads])]);
  return graph.add('Transpose', [apart], { perm: [0, 2, 1, 3] });
}

function headsTogether(graph: GraphBuilder, value: ValueName, width: number): ValueName {
  const turned = graph.add('Transpose', [value], { perm: [0, 2, 1, 3] });
  return graph.add('Reshape', [turned, graph.integers([0, Number(graph.type(value).shape[2]), width])]);
}

function weightsOf(
  { graph, node, type }: DecomposeContext,
  sizes: AttentionSizes,
  scores: ValueName,
): ValueName {
  const { queries, keys, past } = sizes;
  const cap = real(node.attributes, 'softcap', 0);
  const capped =
    cap === 0
      ? scores
      : graph.add('Mul', [
          graph.add('Tanh', [graph.add('Mul', [scores, graph.scalar(1 / cap)])]),
          graph.scalar(cap),
        ]);
  const causal = integer(node.attributes, 'is_causal', 0) !== 0;
  const bounded = causal ? graph.add('Add', [capped, causalMask(graph, queries, past + keys, past)]) : capped;
  const mask = node.inputs[3] ?? '';
  if (mask === '') return graph.add('Softmax', [bounded], { axis: -1 });
  if (type(mask).dtype !== 'bool')
    return graph.add('Softmax', [graph.add('Add', [bounded, mask])], { axis: -1 });
  const masked = graph.add('Where', [mask, bounded, graph.scalar(excluded)]);
  // Only a query without any key has weights where the mask is false.
  return graph.add('Where', [mask, graph.add('Softmax', [masked], { axis: -1 }), graph.scalar(0)]);
}

/** 0 where a query may see a key, its own place and those before, else a score that does not count. */
function causalMask(graph: GraphBuilder, queries: number, keys: number, past: number): ValueName {
  const data = Float32Array.from({ length: queries * keys }, (_, index) =>
    (index % keys) - past > Math.floor(index / keys) ? excluded : 0,
  );
  return graph.constant({ dtype: 'float32', shape: [queries, keys], data });
}

/** Y, present key and value, and the scores asked for. */
function attend(
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes,
  sizes: AttentionSizes,
): readonly Float64Array[] {
  const { heads, sharedHeads, queries, keys, past, keySize, valueSize, flat } = sizes;
  const [batch, total] = [Number(sizes.batch), past + keys];
  const [q, k, v] = inputs.slice(0, 3).map((input) => numbers(input!)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const at = (sample: number, head: number, place: number, count: number, length: number, size: number) =>
    flat
      ? ((sample * length + place) * count + head) * size
      : ((sample * count + head) * length + place) * size;
  const present = (values: Float64Array, before: Tensor | undefined, size: number) => {
    const out = zeros([batch, sharedHeads, total, size]);
    for (let run = 0; run < batch * sharedHeads; run += 1) {
      const [sample, head] = [Math.floor(run / sharedHeads), run % sharedHeads];
      if (before !== undefined) {
        out.set(numbers(before).subarray(run * past * size, (run + 1) * past * size), run * total * size);
      }
      for (let place = 0; place < keys; place += 1) {
        const from = at(sample, head, place, sharedHeads, keys, size);
        out.set(values.subarray(from, from + size), (run * total + past + place) * size);
      }
    }
    return out;
  };
  const [allKeys, allValues] = [present(k, inputs[4], keySize), present(v, inputs[5], valueSize)];
  const [y, shown] = [zeros([batch, queries, heads, valueSize]), zeros([batch, heads, queries, total])];
  const scores = new Float64Array(total);
  const visible = visibility(inputs[3], attributes, { batch, heads, queries, total, past });
  const [scale, cap] = [scaleOf(attributes, keySize), real(attributes, 'softcap', 0)];
  for (let row = 0; row < batch * heads * queries; row += 1) {
    const query = row % queries;
    const [sample, head] = [Math.floor(row / queries / heads), Math.floor(row / queries) % heads];
    const served = sample * sharedHeads + Math.floor(head / (heads / sharedHeads));
    const from = at(sample, head, query, heads, queries, keySize);
    const counted: number[] = [];
    for (let key = 0; key < total; key += 1) {
      let product = 0;
      for (let i = 0; i < keySize; i += 1) {
        product += q[from + i]! * allKeys[(served * total + key) * keySize + i]!;
      }
      shown[row * total + key] = scale * product;
      const bias = visible(row, key);
      scores[key] = (cap === 0 ? scale * product : cap * Math.tanh((scale * product) / cap)) + (bias ?? 0);
      if (bias !== undefined) counted.push(key);
    }
    const logs = logSoftmaxOver(scores, counted);
    const weights = new Map(counted.map((key) => [key, Math.exp(logs(key))]));
    const into = at(sample, head, query, heads, queries, valueSize);
    for (const [key, weight] of weights) {
      for (let i = 0; i < valueSize; i += 1) {
        y[into + i]! += weight * allValues[(served * total + key) * valueSize + i]!;
      }
    }
    if (integer(attributes, 'qk_matmul_output_mode', 0) === 3) {
      for (let key = 0; key < total; key += 1) shown[row * total + key] = weights.get(key) ?? 0;
    }
  }
  return [y, allKeys, allValues, shown];
}

/** What the masks add to a score, or undefined where they keep it out. `row` counts batch, heads and queries. */
function visibility(
  mask: Tensor | undefined,
  attributes: Attributes,
  sizes: Record<'batch' | 'heads' | 'queries' | 'total' | 'past', number>,
): (row: number, key: number) => number | undefined {
  const { batch, heads, queries, total, past } = sizes;
  const values = mask && numbers(mask);
  const offsets = mask && broadcastOffsets(mask.shape, [batch, heads, queries, total]);
  const causal = integer(attributes, 'is_causal', 0) !== 0;
  return (row, key) => {
    if (causal && key - past > row % queries) return undefined;
    if (mask === undefined || values === undefined || offsets === undefined) return 0;
    const value = values[offsets[row * total + key]!]!;
    if (mask.dtype !== 'bool') return value;
    return value === 0 ? undefined : 0;
  };
}
