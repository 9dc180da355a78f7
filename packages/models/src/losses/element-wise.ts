import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { LossSpec } from '@descent/contracts';
import type { LabelType, Loss, LossContext } from './loss.ts';
import { meanPerSample, squeezeScalars } from './reduce.ts';

/** Labels of the prediction's shape; of one unit they are plain numbers. */
export function sameShapeLabels({ shapes }: LossContext<LossSpec>): LabelType {
  const shape = shapes[0]!;
  return { dtype: 'float32', shape: squeezeScalars(shape), computed: shape };
}

/** Σ over samples of the mean over elements of a function of the difference prediction − label. */
export function ofDifference<Spec extends LossSpec>(
  rule: (graph: GraphBuilder, difference: ValueName, spec: Spec) => ValueName,
): Loss<Spec> {
  return {
    takes: 'any shape',
    labels: sameShapeLabels,
    sum: ({ graph, spec, values, labels, weights }) =>
      meanPerSample(graph, rule(graph, graph.add('Sub', [values[0]!, labels]), spec), weights),
    view: ({ shapes, values, labels }) => ({
      kind: 'values',
      shape: shapes[0]!,
      prediction: () => values[0]!,
      labels: () => labels,
    }),
  };
}
