import type { Attributes } from '../graph.ts';
import { distinct, exactly, integers, operationCase } from './operation-case.ts';

const four = {
  q: distinct(['batch', 2, 3, 4]),
  k: distinct(['batch', 2, 5, 4]),
  v: distinct(['batch', 2, 5, 2]),
};
const self = { q: distinct(['batch', 4, 6]), k: distinct(['batch', 4, 6]), v: distinct(['batch', 4, 6]) };
const heads = { q_num_heads: 2, kv_num_heads: 2 };

const settings: readonly (readonly [string, Attributes])[] = [
  ['by default', {}],
  ['causal', { is_causal: 1 }],
  ['with a scale', { scale: 0.3 }],
  ['with a softcap', { softcap: 0.7, is_causal: 1 }],
];

export const attentionCases = [
  ...settings.flatMap(([name, attributes]) => [
    operationCase(`Attention of heads apart, ${name}`, four, (graph, { q, k, v }) =>
      graph.add('Attention', [q, k, v], attributes),
    ),
    operationCase(`Attention of heads side by side, ${name}`, self, (graph, { q, k, v }) =>
      graph.add('Attention', [q, k, v], { ...attributes, ...heads }),
    ),
  ]),
  operationCase(
    'Attention with a mask of numbers per query',
    { ...four, mask: distinct([3, 5]) },
    (graph, { q, k, v, mask }) => graph.add('Attention', [q, k, v, mask]),
  ),
  operationCase(
    'Attention with a mask of numbers per sample',
    { ...four, mask: distinct(['batch', 1, 1, 5]) },
    (graph, { q, k, v, mask }) => graph.add('Attention', [q, k, v, mask], { is_causal: 1 }),
  ),
  operationCase(
    'Attention with a boolean mask, one query without keys',
    {
      ...four,
      mask: integers('int32', [3, 5], [1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0]),
    },
    (graph, { q, k, v, mask }) =>
      graph.add('Attention', [q, k, v, graph.add('Cast', [mask], { to: 'bool' })]),
  ),
  operationCase(
    'Attention of grouped heads',
    { q: distinct(['batch', 3, 8]), k: distinct(['batch', 4, 4]), v: distinct(['batch', 4, 6]) },
    (graph, { q, k, v }) =>
      graph.add('Attention', [q, k, v], { q_num_heads: 4, kv_num_heads: 2, is_causal: 1 }),
  ),
  operationCase(
    'Attention of all heads to one',
    { q: distinct(['batch', 3, 2, 4]), k: distinct(['batch', 1, 4, 4]), v: distinct(['batch', 1, 4, 5]) },
    (graph, { q, k, v }) => graph.add('Attention', [q, k, v]),
  ),
  ...[1, 2].map((index) =>
    operationCase(
      `Attention with a past, beside its output ${index}`,
      {
        q: distinct(['batch', 2, 3, 4]),
        k: distinct(['batch', 2, 3, 4]),
        v: distinct(['batch', 2, 3, 4]),
        pastKey: distinct(['batch', 2, 2, 4]),
        pastValue: distinct(['batch', 2, 2, 4]),
      },
      (graph, { q, k, v, pastKey, pastValue }) => {
        const outputs = graph.addMany('Attention', [q, k, v, '', pastKey, pastValue], { is_causal: 1 }, 3);
        return graph.add('Concat', [outputs[0]!, outputs[index]!], { axis: 2 });
      },
    ),
  ),
  ...[0, 3].map((qk_matmul_output_mode) =>
    operationCase(
      `Attention's scores, mode ${qk_matmul_output_mode}`,
      self,
      (graph, { q, k, v }) => {
        const attributes = { ...heads, qk_matmul_output_mode };
        return graph.addMany('Attention', [q, k, v], attributes, 4)[3]!;
      },
      ['q', 'k'],
    ),
  ),
  operationCase(
    'Attention of equal scores is the mean',
    { q: exactly([1, 1, 1, 1], 0), k: distinct([1, 1, 3, 1]), v: distinct([1, 1, 3, 2]) },
    (graph, { q, k, v }) => graph.add('Attention', [q, k, v]),
  ),
];
