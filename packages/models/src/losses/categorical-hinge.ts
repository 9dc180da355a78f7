import { classLabels, classView, flatCodes, perPosition } from './class-labels.ts';
import type { Loss, LossSpecOf } from './loss.ts';
import { meanPerSample, sumOfLast } from './reduce.ts';

/**
 * Σ over samples of the mean over positions of max(0, 1 + max((1 − y)·scores) − Σ y·scores), y one-hot (Keras
 * CategoricalHinge: the score of the label stands as 0 in the maximum). Of equal ones the first gets the gradient.
 */
export const categoricalHinge: Loss<LossSpecOf<'categoricalHinge'>> = {
  takes: '[..., classes] with at least 2 classes',
  labels: classLabels,
  sum: ({ graph, spec, shapes, values, labels, weights }) => {
    const shape = shapes[0]!;
    const scores = perPosition(graph, values[0]!, shape);
    const shares =
      spec.labelKind === 'probabilities'
        ? perPosition(graph, labels, shape)
        : graph.add('Cast', [oneHot(flatCodes(graph, labels))], { to: 'float32' });
    const own = sumOfLast(graph, graph.add('Mul', [shares, scores]));
    const others = graph.add('Mul', [graph.add('Sub', [graph.scalar(1), shares]), scores]);
    const best = graph.add('ReduceMax', [others], { axes: [1], keepdims: 0 });
    const shortfall = graph.add('Add', [graph.add('Sub', [best, own]), graph.scalar(1)]);
    return meanPerSample(graph, graph.add('Relu', [shortfall]), weights);

    function oneHot(codes: string) {
      const numbers = graph.integers(Array.from({ length: shape.at(-1)! }, (_, index) => index));
      const wide = graph.add('Cast', [codes], { to: 'int64' });
      const beside = graph.add('Unsqueeze', [wide, graph.integers([1])]);
      return graph.add('Equal', [beside, numbers]);
    }
  },
  view: (inputs) => classView(inputs, false),
};
