import { tensor } from '@descent/tensors';
import { input, inputShape, type Lowering, type LoweringContext, reshaped, single } from '../lowering.ts';
import type { OnnxValue } from '../model-writer.ts';
import { asFactor } from './marks.ts';

/** −log softmax(scores)[label]. A label out of range makes GatherElements fail, which names the node. */
export const softmaxCrossEntropyLoss: Lowering = (context) => {
  const { writer } = context;
  const labelShape = inputShape(context, 1);
  const logs = logSoftmax(context, input(context, 0));
  const { labels, shares } = labelShares(context, 1);
  const beside = reshaped(writer, labels, labelShape.toSpliced(1, 0, 1));
  const chosen = reshaped(writer, writer.op('GatherElements', [logs, beside], { axis: 1 }), labelShape);
  const all = writer.op('Neg', [chosen]);
  const losses = shares === undefined ? all : writer.op('Mul', [all, shares]);
  return [reducedLoss(context, losses, shares), logs].slice(0, context.node.outputs.length);
};

/** dLoss · weights[label] · (softmax(scores) − one-hot(labels)) */
export const softmaxCrossEntropyLossGrad: Lowering = single((context) => {
  const { writer } = context;
  const labelShape = inputShape(context, 2);
  const { labels, shares } = labelShares(context, 2);
  const softmax = writer.op('Exp', [logSoftmax(context, input(context, 1))]);
  const beside = labelShape.toSpliced(1, 0, 1);
  const indices = reshaped(writer, labels, beside);
  const minusOne = writer.op('Expand', [writer.filled(-1), writer.integers(beside)]);
  // Subtracting one-hot labels takes five times as long.
  const difference = writer.op('ScatterElements', [softmax, indices, minusOne], {
    axis: 1,
    reduction: 'add',
  });
  const besides = (value: OnnxValue) => reshaped(writer, value, beside);
  const weighted = shares === undefined ? difference : writer.op('Mul', [difference, besides(shares)]);
  const shared = isMean(context)
    ? writer.op('Div', [weighted, shareTotal(context, shares, labelShape)])
    : weighted;
  const upstream = context.constant(0);
  if (upstream?.data.every((value: number | bigint) => Number(value) === 1)) return shared;
  return writer.op('Mul', [shared, alongClasses(context, labelShape.length)]);
});

/** Both the loss and its gradient ask for it; the writer keeps one. */
function logSoftmax({ writer }: LoweringContext, scores: OnnxValue): OnnxValue {
  return writer.op('LogSoftmax', [scores], { axis: 1 });
}

interface LabelShares {
  /** With 0 in place of ignored labels. */
  readonly labels: OnnxValue;
  /** Per label the weight of its class, 0 where it is ignored; undefined where each is 1. */
  readonly shares: OnnxValue | undefined;
}

/** The class weights, where there are any, are the input after the labels. */
function labelShares(context: LoweringContext, index: number): LabelShares {
  const { writer } = context;
  const { labels, counted } = countedLabels(context, index);
  const weights = input(context, index + 1);
  if (weights === '') return { labels, shares: counted };
  const perLabel = writer.op('Gather', [weights, labels]);
  return { labels, shares: counted === undefined ? perLabel : writer.op('Mul', [perLabel, counted]) };
}

/** 1 where a label counts, 0 where it is ignored; undefined where all count. */
function countedLabels(context: LoweringContext, index: number) {
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

function reducedLoss(context: LoweringContext, losses: OnnxValue, shares: OnnxValue | undefined): OnnxValue {
  const { node, writer } = context;
  if (node.attributes.reduction === 'none') return losses;
  const sum = writer.op('ReduceSum', [losses], { keepdims: 0 });
  return isMean(context) ? writer.op('Div', [sum, shareTotal(context, shares, inputShape(context, 1))]) : sum;
}

function isMean({ node }: LoweringContext): boolean {
  return (node.attributes.reduction ?? 'mean') === 'mean';
}

function shareTotal(
  { writer }: LoweringContext,
  shares: OnnxValue | undefined,
  labelShape: readonly number[],
): OnnxValue {
  if (shares !== undefined) return writer.op('ReduceSum', [shares], { keepdims: 0 });
  return writer.filled(labelShape.reduce((product, dim) => product * dim, 1));
}

/** dLoss, broadcast to the labels, in a shape that broadcasts to the scores: with a class axis of 1. */
function alongClasses(context: LoweringContext, labelRank: number): OnnxValue {
  const shape = inputShape(context, 0);
  if (shape.length === 0) return input(context, 0);
  const full = [...new Array<number>(labelRank - shape.length).fill(1), ...shape];
  return reshaped(context.writer, input(context, 0), full.toSpliced(1, 0, 1));
}
