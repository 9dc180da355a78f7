import { DescentError } from '@descent/errors';
import { elementCount } from '@descent/tensors';
import { inputShape, type Lowering, type LoweringContext } from '../lowering.ts';
import type { TfTensor } from '../tensorflow.ts';
import { oneHot } from './one-hot.ts';
import { reference } from './reference.ts';

/** −log softmax(scores)[label] */
export const softmaxCrossEntropyLoss: Lowering = (context) => {
  if (context.node.inputs.length > 2) return reference(context);
  const { tf } = context;
  const logs = tf.logSoftmax(classesLast(context, 0));
  const { oneHot, counted } = labelled(context, 1, 0);
  const losses = tf.neg(tf.sum(tf.mul(oneHot, logs), 1));
  const reduction = context.node.attributes.reduction ?? 'mean';
  const sum = () => tf.sum(losses);
  const reduced = reduction === 'none' ? losses : reduction === 'sum' ? sum() : tf.div(sum(), counted);
  return [reduced, classesSecond(context, logs, 0)].slice(0, context.node.outputs.length);
};

/** dLoss · (softmax(scores) − one-hot(labels)), 0 for ignored labels */
export const softmaxCrossEntropyLossGrad: Lowering = (context) => {
  if (context.node.inputs.length > 3) return reference(context);
  const { tf } = context;
  const labelShape = inputShape(context, 2);
  const { oneHot, counts, counted } = labelled(context, 2, 1);
  const difference = tf.sub(tf.softmax(classesLast(context, 1)), oneHot);
  const upstream = tf.reshape(tf.broadcastTo(context.value(0), [...labelShape]), [-1, 1]);
  const share = (context.node.attributes.reduction ?? 'mean') === 'mean' ? counted : 1;
  const factor = tf.div(counts === undefined ? upstream : tf.mul(upstream, counts), share);
  return [classesSecond(context, tf.mul(difference, factor), 1)];
};

/** [n, classes, ...] → [n · ..., classes] */
function classesLast(context: LoweringContext, input: number): TfTensor {
  const { tf } = context;
  const shape = inputShape(context, input);
  const scores = shape.length === 2 ? context.value(input) : context.channelsLast(input);
  return tf.reshape(scores, [-1, shape[1]!]);
}

function classesSecond(context: LoweringContext, values: TfTensor, scores: number) {
  const [samples, classes, ...places] = inputShape(context, scores) as [number, number, ...number[]];
  const laid = context.tf.reshape(values, [samples, ...places, classes]);
  return places.length === 0 ? laid : { channelsLast: laid };
}

interface Labelled {
  /** [labels, classes]; ignored labels have no 1. */
  readonly oneHot: TfTensor;
  /** [labels, 1]: 1 where a label counts, 0 where it is ignored; undefined where all count. */
  readonly counts: TfTensor | undefined;
  readonly counted: number;
}

function labelled(context: LoweringContext, input: number, scores: number): Labelled {
  const { tf, node } = context;
  const classes = inputShape(context, scores)[1]!;
  const ignored = node.attributes.ignore_index;
  let counted = 0;
  // oneHot marks nothing for −1.
  const labels = Int32Array.from(Array.from(context.host(input).data, Number), (label) => {
    if (label === ignored) return -1;
    if (label < 0 || label >= classes) {
      throw new DescentError('GRAPH_INDEX_OUT_OF_RANGE', { op: node.op, index: label, size: classes });
    }
    counted += 1;
    return label;
  });
  const count = elementCount(inputShape(context, input));
  const marks = Float32Array.from(labels, (label) => (label === -1 ? 0 : 1));
  return {
    oneHot: oneHot(tf, tf.tensor1d(labels, 'int32'), classes),
    counts: counted === count ? undefined : tf.tensor2d(marks, [count, 1]),
    counted,
  };
}
