import type { GraphBuilder, ValueName } from '@descent/autodiff';
import { classLabels, classView, countedCodes, flatCodes, perPosition, positionsOf } from './class-labels.ts';
import type { Loss, LossInputs, LossSpecOf } from './loss.ts';
import { floatVector, meanOverCounted, meanPerSample, sumOfLast } from './reduce.ts';

type Spec = LossSpecOf<'softmaxCrossEntropy'>;

/**
 * Σ over samples of the mean over positions of −log softmax(logits)[label] (ONNX SoftmaxCrossEntropyLoss); logits
 * [batch, …, classes], labels [batch, …]. Smoothing as in Szegedy et al. 2016: the label becomes (1 − ε)·label + ε/classes.
 * A class weight multiplies the loss of its elements, as in Keras; nothing is divided by their sum.
 */
export const softmaxCrossEntropy: Loss<Spec> = {
  takes: '[..., classes] with at least 2 classes',
  link: () => 'softmax',
  labels: (context) => {
    const { spec, shapes } = context;
    const type = classLabels(context);
    if (type === undefined) return undefined;
    const classes = shapes[0]!.at(-1)!;
    const { classWeights, ignoreIndex } = spec;
    if (classWeights !== undefined && classWeights.length !== classes) {
      throw context.invalid(
        'classWeights',
        'there is one weight per class',
        `${classes} numbers`,
        `${classWeights.length}`,
      );
    }
    if (spec.labelKind === 'probabilities' && ignoreIndex !== undefined) {
      throw context.invalid(
        'ignoreIndex',
        'labels that are probabilities have no index',
        'none',
        `${ignoreIndex}`,
      );
    }
    return type;
  },
  sum: (inputs) => {
    const { graph, spec, shapes, values, labels } = inputs;
    const shape = shapes[0]!;
    if (isPlain(spec) && inputs.weights === undefined) {
      const scores = perPosition(graph, values[0]!, shape);
      const codes = flatCodes(graph, labels);
      const sum = graph.add('SoftmaxCrossEntropyLoss', [scores, codes], { reduction: 'sum' });
      const positions = positionsOf(shape);
      return positions === 1 ? sum : graph.add('Mul', [sum, graph.scalar(1 / positions)]);
    }
    return spec.labelKind === 'probabilities' ? ofProbabilities(inputs) : ofCodes(inputs);
  },
  view: (inputs) => classView(inputs, true),
};

function isPlain({ labelKind, labelSmoothing = 0, classWeights, ignoreIndex }: Spec): boolean {
  return (
    labelKind !== 'probabilities' &&
    labelSmoothing === 0 &&
    classWeights === undefined &&
    ignoreIndex === undefined
  );
}

function ofCodes({ graph, spec, shapes, values, labels, weights: samples }: LossInputs<Spec>): ValueName {
  const scores = perPosition(graph, values[0]!, shapes[0]!);
  const { codes, counted } = countedCodes(graph, flatCodes(graph, labels), spec.ignoreIndex);
  const own = graph.add('SoftmaxCrossEntropyLoss', [scores, codes], { reduction: 'none' });
  const smoothed = mixed(graph, own, scores, spec.labelSmoothing);
  const weights = spec.classWeights && graph.add('Gather', [floatVector(graph, spec.classWeights), codes]);
  return meanOverCounted(graph, weightedBy(graph, smoothed, weights), counted, samples);
}

function ofProbabilities({
  graph,
  spec,
  shapes,
  values,
  labels,
  weights: samples,
}: LossInputs<Spec>): ValueName {
  const scores = perPosition(graph, values[0]!, shapes[0]!);
  const shares = perPosition(graph, labels, shapes[0]!);
  const logs = graph.add('LogSoftmax', [scores], { axis: 1 });
  const own = graph.add('Neg', [sumOfLast(graph, graph.add('Mul', [shares, logs]))]);
  const smoothed = mixed(graph, own, scores, spec.labelSmoothing);
  const weights =
    spec.classWeights && sumOfLast(graph, graph.add('Mul', [shares, floatVector(graph, spec.classWeights)]));
  return meanPerSample(graph, weightedBy(graph, smoothed, weights), samples);
}

/** (1 − ε)·own + ε·mean over classes of −log softmax */
function mixed(graph: GraphBuilder, own: ValueName, scores: ValueName, smoothing = 0): ValueName {
  if (smoothing === 0) return own;
  const { shape } = graph.type(scores);
  const logs = graph.add('LogSoftmax', [scores], { axis: 1 });
  const uniform = graph.add('Mul', [sumOfLast(graph, logs), graph.scalar(-smoothing / Number(shape[1]))]);
  return graph.add('Add', [graph.add('Mul', [own, graph.scalar(1 - smoothing)]), uniform]);
}

function weightedBy(graph: GraphBuilder, losses: ValueName, weights: ValueName | undefined): ValueName {
  return weights === undefined ? losses : graph.add('Mul', [losses, weights]);
}
