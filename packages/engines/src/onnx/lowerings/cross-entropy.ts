import { tensor } from '@descent/tensors';
import { input, inputShape, type Lowering, type LoweringContext, reshaped, single } from '../lowering.ts';
import type { OnnxValue } from '../model-writer.ts';
import { asFactor, offOn } from './marks.ts';

/** −log softmax(scores)[label]. A label out of range makes GatherElements fail, which names the node. */
export const softmaxCrossEntropyLoss: Lowering = (context) => {
  const { writer } = context;
  const labelShape = inputShape(context, 1);
  const logs = logSoftmax(context, input(context, 0));
  const { labels, counted } = countedLabels(context, 1);
  const beside = reshaped(writer, labels, labelShape.toSpliced(1, 0, 1));
  const chosen = reshaped(writer, writer.op('GatherElements', [logs, beside], { axis: 1 }), labelShape);
  const all = writer.op('Neg', [chosen]);
  const losses = counted === undefined ? all : writer.op('Mul', [all, counted]);
  return [reducedLoss(context, losses, counted), logs].slice(0, context.node.outputs.length);
};

/** dLoss · (softmax(scores) − one-hot(labels)) */
export const softmaxCrossEntropyLossGrad: Lowering = single((context) => {
  const { writer } = context;
  const scores = inputShape(context, 1);
  const labelShape = inputShape(context, 2);
  const { labels, counted } = countedLabels(context, 2);
  const softmax = writer.op('Exp', [logSoftmax(context, input(context, 1))]);
  const classes = writer.integers([scores[1]!]);
  const indices = writer.op('Cast', [labels], { to: 7 });
  const oneHot = writer.op('OneHot', [indices, classes, offOn(writer)], { axis: 1 });
  const difference = writer.op('Sub', [softmax, oneHot]);
  const besides = (value: OnnxValue) => reshaped(writer, value, labelShape.toSpliced(1, 0, 1));
  const masked = counted === undefined ? difference : writer.op('Mul', [difference, besides(counted)]);
  const shared = isMean(context)
    ? writer.op('Div', [masked, labelCount(context, counted, labelShape)])
    : masked;
  const upstream = context.constant(0);
  if (upstream?.data.every((value: number | bigint) => Number(value) === 1)) return shared;
  return writer.op('Mul', [shared, alongClasses(context, labelShape.length)]);
});

/** Both the loss and its gradient ask for it; the writer keeps one. */
function logSoftmax({ writer }: LoweringContext, scores: OnnxValue): OnnxValue {
  return writer.op('LogSoftmax', [scores], { axis: 1 });
}

interface CountedLabels {
  /** With 0 in place of ignored labels. */
  readonly labels: OnnxValue;
  /** 1 where a label counts, 0 where it is ignored; undefined where all count. */
  readonly counted: OnnxValue | undefined;
}

function countedLabels(context: LoweringContext, index: number): CountedLabels {
  const { node, writer } = context;
  const labels = input(context, index);
  const ignored = node.attributes.ignore_index as number | undefined;
  if (ignored === undefined) return { labels, counted: undefined };
  const scalar = (value: number) =>
    context.inputTypes[index]?.dtype === 'int64'
      ? writer.constant(tensor('int64', [], BigInt64Array.of(BigInt(value))))
      : writer.constant(tensor('int32', [], Int32Array.of(value)));
  const skip = writer.op('Equal', [labels, scalar(ignored)]);
  return {
    labels: writer.op('Where', [skip, scalar(0), labels]),
    counted: asFactor(writer, writer.op('Not', [skip])),
  };
}

function reducedLoss(context: LoweringContext, losses: OnnxValue, counted: OnnxValue | undefined): OnnxValue {
  const { node, writer } = context;
  if (node.attributes.reduction === 'none') return losses;
  const sum = writer.op('ReduceSum', [losses], { keepdims: 0 });
  return isMean(context)
    ? writer.op('Div', [sum, labelCount(context, counted, inputShape(context, 1))])
    : sum;
}

function isMean({ node }: LoweringContext): boolean {
  return (node.attributes.reduction ?? 'mean') === 'mean';
}

function labelCount(
  { writer }: LoweringContext,
  counted: OnnxValue | undefined,
  labelShape: readonly number[],
): OnnxValue {
  if (counted !== undefined) return writer.op('ReduceSum', [counted], { keepdims: 0 });
  return writer.filled(labelShape.reduce((product, dim) => product * dim, 1));
}

/** dLoss, broadcast to the labels, in a shape that broadcasts to the scores: with a class axis of 1. */
function alongClasses(context: LoweringContext, labelRank: number): OnnxValue {
  const shape = inputShape(context, 0);
  if (shape.length === 0) return input(context, 0);
  const full = [...new Array<number>(labelRank - shape.length).fill(1), ...shape];
  return reshaped(context.writer, input(context, 0), full.toSpliced(1, 0, 1));
}
