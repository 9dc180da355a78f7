import type { Loss } from './loss.ts';

/** Σ −log softmax(logits)[label] (ONNX SoftmaxCrossEntropyLoss); logits [batch, classes], labels [batch]. */
export const softmaxCrossEntropy: Loss = {
  takes: '[classes] with at least 2 classes',
  link: 'softmax',
  labels: ([classes, ...rest]) =>
    classes === undefined || classes < 2 || rest.length > 0
      ? undefined
      : { dtype: 'int32', shape: [], classes },
  sum: (graph, prediction, labels) =>
    graph.add('SoftmaxCrossEntropyLoss', [prediction, labels], { reduction: 'sum' }),
};
