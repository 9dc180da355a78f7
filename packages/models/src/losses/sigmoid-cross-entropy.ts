import type { GraphBuilder, ValueName } from '@descent/autodiff';
import { sameShapeLabels } from './element-wise.ts';
import type { Loss, LossInputs, LossSpecOf } from './loss.ts';
import { indicator, meanOverCounted } from './reduce.ts';

type Spec = LossSpecOf<'sigmoidCrossEntropy'>;

/**
 * Σ over samples of the mean over elements of −z·log σ(x) − (1 − z)·log(1 − σ(x)), written as softplus(x) − x·z, which
 * neither overflows nor loses the small side. Logits x and labels z in [0, 1] of one shape. Smoothing as in Keras:
 * (1 − ε)·z + ½ε. A positive weight p multiplies the first term, as PyTorch's `pos_weight`:
 * (1 − z)·x + (1 + (p − 1)·z)·(softplus(x) − x).
 */
export const sigmoidCrossEntropy: Loss<Spec> = {
  takes: 'any shape',
  link: () => 'sigmoid',
  labels: (context) => {
    const { ignoreIndex } = context.spec;
    return { ...sameShapeLabels(context), ...(ignoreIndex === undefined ? {} : { ignored: ignoreIndex }) };
  },
  sum: (inputs) => {
    const { graph, spec } = inputs;
    const x = inputs.values[0]!;
    const { labels, counted } = countedLabels(inputs);
    const z = smoothed(graph, labels, spec.labelSmoothing);
    const soft = graph.add('Softplus', [x]);
    const { positiveWeight = 1 } = spec;
    if (positiveWeight === 1) {
      return meanOverCounted(
        graph,
        graph.add('Sub', [soft, graph.add('Mul', [x, z])]),
        counted,
        inputs.weights,
      );
    }
    const surplus = graph.add('Mul', [z, graph.scalar(positiveWeight - 1)]);
    const factor = graph.add('Add', [surplus, graph.scalar(1)]);
    const positive = graph.add('Mul', [factor, graph.add('Sub', [soft, x])]);
    const negative = graph.add('Mul', [graph.add('Sub', [graph.scalar(1), z]), x]);
    return meanOverCounted(graph, graph.add('Add', [negative, positive]), counted, inputs.weights);
  },
  view: (inputs) => {
    const { graph, spec, values } = inputs;
    const labels = () => countedLabels(inputs).labels;
    return {
      kind: 'binary',
      scores: () => values[0]!,
      labels,
      wanted: () => graph.add('Greater', [labels(), graph.scalar(0.5)]),
      ...(spec.ignoreIndex === undefined ? {} : { counted: () => countedLabels(inputs).counted! }),
    };
  },
};

/** Labels with 0 in place of those that do not count, and which do. */
function countedLabels({ graph, spec, labels }: LossInputs<Spec>) {
  if (spec.ignoreIndex === undefined) return { labels, counted: undefined };
  const skipped = graph.add('Equal', [labels, graph.scalar(spec.ignoreIndex)]);
  return {
    labels: graph.add('Where', [skipped, graph.scalar(0), labels]),
    counted: indicator(graph, graph.add('Not', [skipped])),
  };
}

function smoothed(graph: GraphBuilder, labels: ValueName, smoothing = 0): ValueName {
  if (smoothing === 0) return labels;
  const kept = graph.add('Mul', [labels, graph.scalar(1 - smoothing)]);
  return graph.add('Add', [kept, graph.scalar(smoothing / 2)]);
}
