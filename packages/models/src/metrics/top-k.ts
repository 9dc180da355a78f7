import type { MetricOf } from '@descent/contracts';
import { indicator } from '../losses/reduce.ts';
import { finishMean, sumsOfMean } from './mean-of-counted.ts';
import type { Metric } from './metric.ts';

/** Share of labels that are among the k classes of the largest scores; of equal ones the first count (ONNX TopK). */
export const topK: Metric<MetricOf<'topK'>> = {
  finish: finishMean,
  sums: ({ graph, settings, view, invalid }) => {
    if (view.kind !== 'classes') return undefined;
    const { k = 5 } = settings;
    if (k > view.classes) throw invalid(`k is ${k}, and there are ${view.classes} classes`);
    const [, guesses] = graph.addMany('TopK', [view.scores(), graph.integers([k])], { axis: 1 }, 2);
    const label = graph.add('Unsqueeze', [view.labels(), graph.integers([1])]);
    const hits = indicator(graph, graph.add('Equal', [guesses!, label]));
    const hit = graph.add('ReduceSum', [hits, graph.integers([1])], { keepdims: 0 });
    return sumsOfMean(graph, hit, view.counted);
  },
};
