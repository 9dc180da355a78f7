import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import {
  crossEntropyAttributes,
  eachLabelled,
  labelShapeOrRefuse,
  reductionOf,
} from '../rules/cross-entropy.ts';
import { inputOf } from '../rules/gradients.ts';
import { eachLane, lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { logSoftmaxOver } from '../rules/softmax.ts';

/**
 * ONNX SoftmaxCrossEntropyLoss without class weights: −log softmax(scores)[label] for scores [n, classes, ...] and
 * labels [n, ...]; second output log softmax(scores). `reduction` is none, sum or mean (over labels that are not
 * `ignore_index`).
 */
export const softmaxCrossEntropyLoss: Operation = {
  inputs: [
    { name: 'scores', dtypes: 'float' },
    { name: 'labels', dtypes: 'index' },
  ],
  attributes: crossEntropyAttributes,
  shape: (context) => {
    const [scores, labels] = context.inputs;
    const perLabel = labelShapeOrRefuse(context, scores!.shape, labels!.shape);
    const shape = reductionOf(context.node.attributes) === 'none' ? perLabel : [];
    return [{ dtype: 'float32', shape }, scores!];
  },
  evaluate: ([scores, labels], attributes, [type, logType]) => {
    const [values, out] = [numbers(scores!), zeros(type!.shape)];
    const reduction = reductionOf(attributes);
    let counted = 0;
    eachLabelled(scores!, labels!, attributes, (sample, offsets, label) => {
      counted += 1;
      out[reduction === 'none' ? sample : 0]! -= logSoftmaxOver(values, offsets)(offsets[label]!);
    });
    if (reduction === 'mean') out[0]! /= counted;
    if (logType === undefined) return [tensorOf(type!, out)];
    const logs = zeros(logType.shape);
    eachLane(lanesOf(logType.shape, 1), (offsets) => {
      const value = logSoftmaxOver(values, offsets);
      for (const offset of offsets) logs[offset] = value(offset);
    });
    return [tensorOf(type!, out), tensorOf(logType, logs)];
  },
  gradient: (context) => {
    const { graph, node, outputGradients } = context;
    const [scores, labels] = [inputOf(context, 0), inputOf(context, 1)];
    const [byLoss, byLogs] = outputGradients;
    const parts = [];
    if (byLoss !== undefined) {
      parts.push(graph.add('SoftmaxCrossEntropyLossGrad', [byLoss, scores, labels], node.attributes));
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
