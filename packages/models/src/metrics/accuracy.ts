import { meanPerSample } from '../losses/reduce.ts';
import { type Metric, meanOverSamples } from './metric.ts';

/** Number of samples whose largest logit is the label's; for sigmoid the share of elements on the right side of ½. */
export const accuracy: Metric = {
  finish: meanOverSamples,
  sums: {
    softmaxCrossEntropy: (graph, logits, labels) => {
      const chosen = graph.add('ArgMax', [logits], { axis: 1, keepdims: 0 });
      const correct = graph.add('Equal', [chosen, graph.add('Cast', [labels], { to: 'int64' })]);
      return graph.add('ReduceSum', [graph.add('Cast', [correct], { to: 'float32' })], { keepdims: 0 });
    },
    sigmoidCrossEntropy: (graph, logits, labels) => {
      const chosen = graph.add('Greater', [logits, graph.scalar(0)]);
      const wanted = graph.add('Greater', [labels, graph.scalar(0.5)]);
      const correct = graph.add('Equal', [chosen, wanted]);
      return meanPerSample(graph, graph.add('Cast', [correct], { to: 'float32' }));
    },
  },
};
