import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { MetricOf } from '@descent/contracts';
import { vectorOf } from './mean-of-counted.ts';
import type { Metric } from './metric.ts';

/**
 * Coefficient of determination 1 − Σ(label − prediction)² ÷ Σ(label − mean)², per feature (last axis), then the mean over
 * features, as in scikit-learn and Keras. Of a constant label it is 1 where every prediction is right, else 0. The
 * variance comes from float32 sums of label and label², so labels far from 0 for their spread lose digits.
 */
export const r2: Metric<MetricOf<'r2'>> = {
  sums: ({ graph, view }) => {
    if (view.kind !== 'values') return undefined;
    const labels = view.labels();
    const difference = graph.add('Sub', [labels, view.prediction()]);
    const squares = (value: ValueName) => graph.add('Mul', [value, value]);
    // The count takes part as a mean of ones, so that it is a sum over samples like the others.
    const ones = graph.add('Add', [graph.add('Mul', [labels, graph.scalar(0)]), graph.scalar(1)]);
    const parts = [squares(difference), labels, squares(labels), ones];
    return vectorOf(
      graph,
      parts.map((part) => perFeature(graph, part)),
    );
  },
  finish(sums) {
    const features = sums.length / 4;
    let total = 0;
    for (let index = 0; index < features; index += 1) {
      const [residual, label, square, count] = [0, 1, 2, 3].map((row) => sums[row * features + index]!);
      const variation = square! - label! ** 2 / count!;
      // What is left of equal labels is rounding.
      const constant = variation <= 1e-6 * square!;
      total += constant ? Number(residual === 0) : 1 - residual! / variation;
    }
    return total / features;
  },
};

/** Sums over all axes but the last; of plain numbers one sum. */
function perFeature(graph: GraphBuilder, value: ValueName): ValueName {
  const axes = graph.type(value).shape.map((_, axis) => axis);
  const summed = axes.length === 1 ? axes : axes.slice(0, -1);
  return graph.add('ReduceSum', [value, graph.integers(summed)], { keepdims: 0 });
}
