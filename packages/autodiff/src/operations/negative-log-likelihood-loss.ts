import { elementCount, type Tensor } from '@descent/tensors';
import type { DecomposeContext, Operation } from '../operation.ts';
import {
  crossEntropyAttributes,
  eachLabelled,
  labelInputs,
  labelShapeOrRefuse,
  reductionOf,
} from '../rules/cross-entropy.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';

/**
 * ONNX NegativeLogLikelihoodLoss: −input[label] · weights[label] for logarithms of probabilities [n, classes, ...],
 * labels [n, ...] and optional weights [classes]. Labels that are `ignore_index` count nothing. `reduction` is none,
 * sum, or mean: divided by the sum of the weights.
 */
export const negativeLogLikelihoodLoss: Operation = {
  inputs: [{ name: 'input', dtypes: 'float' }, ...labelInputs],
  attributes: crossEntropyAttributes,
  shape: (context) => {
    const [input, labels, weights] = context.inputs;
    const perLabel = labelShapeOrRefuse(context, input!.shape, labels!.shape, weights?.shape);
    return [{ dtype: 'float32', shape: reductionOf(context.node.attributes) === 'none' ? perLabel : [] }];
  },
  evaluate: (inputs, attributes, [type]) => {
    const [values, out] = [numbers(inputs[0]!), zeros(type!.shape)];
    const reduction = reductionOf(attributes);
    const total = eachLabelled(
      'NegativeLogLikelihoodLoss',
      inputs,
      attributes,
      ({ sample, offsets, label, weight }) => {
        out[reduction === 'none' ? sample : 0]! -= weight * values[offsets[label]!]!;
      },
    );
    if (reduction === 'mean') out[0]! /= total;
    return [tensorOf(type!, out)];
  },
  gradient: 'decompose',
  decompose: (context) => {
    const { graph, node } = context;
    const [input, , weights] = node.inputs;
    const { labels, counted } = countedLabels(context);
    const beside = graph.add('Unsqueeze', [labels, graph.integers([1])]);
    const chosen = graph.add('GatherElements', [input!, beside], { axis: 1 });
    const all = graph.add('Neg', [graph.add('Squeeze', [chosen, graph.integers([1])])]);

    const perLabel = weights ? graph.add('Gather', [weights, labels]) : undefined;
    const factors = [perLabel, counted].filter((factor) => factor !== undefined);
    const factor = factors.length === 0 ? undefined : factors.reduce((a, b) => graph.add('Mul', [a, b]));
    const losses = factor === undefined ? all : graph.add('Mul', [all, factor]);
    const reduction = reductionOf(node.attributes);
    if (reduction === 'none') return [losses];
    if (reduction === 'mean' && factor === undefined) {
      return [graph.add('ReduceMean', [losses], { keepdims: 0 })];
    }
    const sum = graph.add('ReduceSum', [losses], { keepdims: 0 });
    if (reduction === 'sum' || factor === undefined) return [sum];
    return [graph.add('Div', [sum, graph.add('ReduceSum', [factor], { keepdims: 0 })])];
  },
  flops: ([, labels]) => 2 * elementCount(labels!.shape),
};

/** Labels with 0 in place of the ignored ones, and 1 where a label counts, else 0 (undefined: all count). */
function countedLabels({ graph, node, type }: DecomposeContext) {
  const labels = node.inputs[1]!;
  const ignored = node.attributes.ignore_index as number | undefined;
  if (ignored === undefined) return { labels, counted: undefined };
  const scalar = (value: number): Tensor =>
    type(labels).dtype === 'int64'
      ? { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(value)) }
      : { dtype: 'int32', shape: [], data: Int32Array.of(value) };
  const skipped = graph.add('Equal', [labels, graph.constant(scalar(ignored))]);
  const counted = graph.add('Cast', [graph.add('Not', [skipped])], { to: 'float32' });
  return { labels: graph.add('Where', [skipped, graph.constant(scalar(0)), labels]), counted };
}
