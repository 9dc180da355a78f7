import type { GraphBuilder, ValueName } from '@descent/autodiff';
import { sameShapeLabels } from './element-wise.ts';
import type { Loss, LossInputs, LossSpecOf } from './loss.ts';
import { meanPerSample } from './reduce.ts';

/** Σ over samples of the mean over elements of max(0, 1 − y·prediction); y is 1 for labels above 0, else −1 (Keras Hinge). */
export const hinge: Loss<LossSpecOf<'hinge'>> = marginLoss((_, shortfall) => shortfall);

/** The same of max(0, 1 − y·prediction)² (Keras SquaredHinge). */
export const squaredHinge: Loss<LossSpecOf<'squaredHinge'>> = marginLoss((graph, shortfall) =>
  graph.add('Mul', [shortfall, shortfall]),
);

function marginLoss<Spec extends LossSpecOf<'hinge' | 'squaredHinge'>>(
  rule: (graph: GraphBuilder, shortfall: ValueName) => ValueName,
): Loss<Spec> {
  return {
    takes: 'any shape',
    labels: sameShapeLabels,
    sum: (inputs) => {
      const { graph, values } = inputs;
      // Labels 0 and 1 are as good as −1 and 1, so their sign alone counts.
      const side = graph.add('Where', [wanted(inputs), graph.scalar(1), graph.scalar(-1)]);
      const margin = graph.add('Mul', [side, values[0]!]);
      return meanPerSample(
        graph,
        rule(graph, graph.add('Relu', [graph.add('Sub', [graph.scalar(1), margin])])),
        inputs.weights,
      );
    },
    view: (inputs) => ({
      kind: 'binary',
      scores: () => inputs.values[0]!,
      labels: () => inputs.graph.add('Cast', [wanted(inputs)], { to: 'float32' }),
      wanted: () => wanted(inputs),
    }),
  };
}

function wanted<Spec extends LossSpecOf<'hinge' | 'squaredHinge'>>({ graph, labels }: LossInputs<Spec>) {
  return graph.add('Greater', [labels, graph.scalar(0)]);
}
