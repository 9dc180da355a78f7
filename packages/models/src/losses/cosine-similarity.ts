import type { GraphBuilder, ValueName } from '@descent/autodiff';
import { sameShapeLabels } from './element-wise.ts';
import type { Loss, LossSpecOf } from './loss.ts';
import { lastAxis, meanPerSample, sumOfLast } from './reduce.ts';

/** Of a squared length, as in Keras: a vector of zeros has the cosine 0 with every other. */
const smallest = 1e-12;

/** Σ over samples of the mean over positions of −cos of the angle between prediction and label (Keras CosineSimilarity). */
export const cosineSimilarity: Loss<LossSpecOf<'cosineSimilarity'>> = {
  takes: '[..., features] with at least 2 features',
  labels: (context) => ((context.shapes[0]!.at(-1) ?? 0) < 2 ? undefined : sameShapeLabels(context)),
  sum: ({ graph, values, labels, weights }) =>
    graph.add('Neg', [meanPerSample(graph, cosine(graph, values[0]!, labels), weights)]),
  view: ({ shapes, values, labels }) => ({
    kind: 'values',
    shape: shapes[0]!,
    prediction: () => values[0]!,
    labels: () => labels,
  }),
};

/** Of the angle between two values along their last axis, which is dropped. */
export function cosine(graph: GraphBuilder, a: ValueName, b: ValueName): ValueName {
  return sumOfLast(graph, graph.add('Mul', [unit(graph, a), unit(graph, b)]));
}

function unit(graph: GraphBuilder, value: ValueName): ValueName {
  const squares = graph.add('Mul', [value, value]);
  const squaredLength = graph.add('ReduceSum', [squares, lastAxis(graph, value)], { keepdims: 1 });
  const length = graph.add('Sqrt', [graph.add('Max', [squaredLength, graph.scalar(smallest)])]);
  return graph.add('Div', [value, length]);
}
