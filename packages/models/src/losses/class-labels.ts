import type { GraphBuilder, ValueName } from '@descent/autodiff';
import { elementCount } from '@descent/tensors';
import type { LabelType, LossContext, LossInputs, LossSpecOf } from './loss.ts';
import { indicator, int32Scalar } from './reduce.ts';
import type { ClassView } from './view.ts';

type Spec = LossSpecOf<'softmaxCrossEntropy' | 'categoricalHinge'>;

/** Labels of a prediction […, classes]: […] class numbers, or […, classes] shares of each class. */
export function classLabels({ spec, shapes }: LossContext<Spec>): LabelType | undefined {
  const shape = shapes[0]!;
  const classes = shape.at(-1);
  if (classes === undefined || classes < 2) return undefined;
  if (spec.labelKind === 'probabilities') return { dtype: 'float32', shape };
  const ignored = spec.type === 'softmaxCrossEntropy' ? spec.ignoreIndex : undefined;
  return {
    dtype: 'int32',
    shape: shape.slice(0, -1),
    classes,
    ...(ignored === undefined ? {} : { ignored }),
  };
}

export function positionsOf(shape: readonly number[]): number {
  return elementCount(shape.slice(0, -1));
}

/** [batch, …, classes] as [n, classes]: as it is where there is one position, since that costs nothing. */
export function perPosition(graph: GraphBuilder, value: ValueName, shape: readonly number[]): ValueName {
  return shape.length === 1 ? value : graph.add('Reshape', [value, graph.integers([-1, shape.at(-1)!])]);
}

export function flatCodes(graph: GraphBuilder, labels: ValueName): ValueName {
  return graph.type(labels).shape.length === 1
    ? labels
    : graph.add('Reshape', [labels, graph.integers([-1])]);
}

/** Class numbers [n] with 0 in place of those that do not count, and which do. */
export function countedCodes(graph: GraphBuilder, codes: ValueName, ignored: number | undefined) {
  if (ignored === undefined) return { codes, counted: undefined };
  const skipped = graph.add('Equal', [codes, int32Scalar(graph, ignored)]);
  return {
    codes: graph.add('Where', [skipped, int32Scalar(graph, 0), codes]),
    counted: indicator(graph, graph.add('Not', [skipped])),
  };
}

export function classView(inputs: LossInputs<Spec>, logits: boolean): ClassView {
  const { graph, spec, shapes, values, labels } = inputs;
  const shape = shapes[0]!;
  const ignored = spec.type === 'softmaxCrossEntropy' ? spec.ignoreIndex : undefined;
  const codes = () => countedCodes(graph, flatCodes(graph, labels), ignored);
  return {
    kind: 'classes',
    classes: shape.at(-1)!,
    positions: positionsOf(shape),
    logits,
    scores: () => perPosition(graph, values[0]!, shape),
    labels: () =>
      spec.labelKind === 'probabilities'
        ? mostProbable(graph, perPosition(graph, labels, shape))
        : graph.add('Cast', [codes().codes], { to: 'int64' }),
    ...(ignored === undefined || spec.labelKind === 'probabilities'
      ? {}
      : { counted: () => codes().counted! }),
  };
}

/** [n, classes] → [n]: the first of equal ones. */
export function mostProbable(graph: GraphBuilder, scores: ValueName): ValueName {
  return graph.add('ArgMax', [scores], { axis: 1, keepdims: 0 });
}
