import { DescentError } from '@descent/errors';
import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import {
  crossEntropyAttributes,
  eachLabelled,
  labelInputs,
  labelShapeOrRefuse,
  reductionOf,
} from '../rules/cross-entropy.ts';
import { inputOf } from '../rules/gradients.ts';
import { eachLane, lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { logSoftmaxOver } from '../rules/softmax.ts';

/**
 * ONNX SoftmaxCrossEntropyLoss: −log softmax(scores)[label] · weights[label] for scores [n, classes, ...], labels
 * [n, ...] and optional weights [classes]; second output log softmax(scores). Labels that are `ignore_index` count
 * nothing. `reduction` is none, sum, or mean: divided by the sum of the weights. No gradient flows to the weights.
 */
export const softmaxCrossEntropyLoss: Operation = {
  inputs: [{ name: 'scores', dtypes: 'float' }, ...labelInputs],
  attributes: crossEntropyAttributes,
  shape: (context) => {
    const [scores, labels, weights] = context.inputs;
    const perLabel = labelShapeOrRefuse(context, scores!.shape, labels!.shape, weights?.shape);
    const shape = reductionOf(context.node.attributes) === 'none' ? perLabel : [];
    return [{ dtype: 'float32', shape }, scores!];
  },
  evaluate: (inputs, attributes, [type, logType]) => {
    const [values, out] = [numbers(inputs[0]!), zeros(type!.shape)];
    const reduction = reductionOf(attributes);
    const total = eachLabelled(
      'SoftmaxCrossEntropyLoss',
      inputs,
      attributes,
      ({ sample, offsets, label, weight }) => {
        const logProbability = logSoftmaxOver(values, offsets)(offsets[label]!);
        out[reduction === 'none' ? sample : 0]! -= weight * logProbability;
      },
    );
    if (reduction === 'mean') out[0]! /= total;
    if (logType === undefined) return [tensorOf(type!, out)];
    const logs = zeros(logType.shape);
    eachLane(lanesOf(logType.shape, 1), (offsets) => {
      const value = logSoftmaxOver(values, offsets);
      for (const offset of offsets) logs[offset] = value(offset);
    });
    return [tensorOf(type!, out), tensorOf(logType, logs)];
  },
  gradient: (context) => {
    const { graph, node, needs, outputGradients } = context;
    const scores = inputOf(context, 0);
    if (needs[2]) {
      const problem = `no gradient flows to the class weights of node "${node.name}" (${node.op})`;
      throw new DescentError('GRAPH_NOT_DIFFERENTIABLE', { loss: node.inputs[2], problem });
    }
    const [byLoss, byLogs] = outputGradients;
    const parts = [];
    if (byLoss !== undefined) {
      parts.push(graph.add('SoftmaxCrossEntropyLossGrad', [byLoss, ...node.inputs], node.attributes));
    }
    if (byLogs !== undefined) {
      const total = graph.add('ReduceSum', [byLogs, graph.integers([1])], { keepdims: 1 });
      const probabilities = graph.add('Softmax', [scores], { axis: 1 });
      parts.push(graph.add('Sub', [byLogs, graph.add('Mul', [probabilities, total])]));
    }
    return [parts.reduce((sum, part) => graph.add('Add', [sum, part])), undefined];
  },
  flops: ([scores]) => 5 * elementCount(scores!.shape),
};
