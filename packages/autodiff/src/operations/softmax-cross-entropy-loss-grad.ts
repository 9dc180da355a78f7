import { elementCount } from '@descent/tensors';
import { broadcastShapes, renderShape, sameShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import {
  crossEntropyAttributes,
  eachLabelled,
  labelShapeOrRefuse,
  reductionOf,
} from '../rules/cross-entropy.ts';
import { broadcastOffsets } from '../rules/indexing.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';
import { logSoftmaxOver } from '../rules/softmax.ts';

/**
 * Gradient of `SoftmaxCrossEntropyLoss` by the scores: dLoss · (softmax(scores) − one-hot(labels)), 0 for ignored
 * labels, divided by the number of counted labels for the mean. dLoss broadcasts to the shape of the labels.
 */
export const softmaxCrossEntropyLossGrad: Operation = {
  inputs: [
    { name: 'dLoss', dtypes: 'float' },
    { name: 'scores', dtypes: 'float' },
    { name: 'labels', dtypes: 'index' },
  ],
  attributes: crossEntropyAttributes,
  shape: (context) => {
    const [dLoss, scores, labels] = context.inputs;
    const perLabel = labelShapeOrRefuse(context, scores!.shape, labels!.shape);
    const common = broadcastShapes(dLoss!.shape, perLabel);
    if (common === undefined || !sameShape(common, perLabel)) {
      throw mismatch(
        context,
        `dLoss ${renderShape(dLoss!.shape)} does not broadcast to ${renderShape(perLabel)}`,
      );
    }
    return [scores!];
  },
  evaluate: ([dLoss, scores, labels], attributes, [type]) => {
    const [values, out, upstream] = [numbers(scores!), zeros(type!.shape), numbers(dLoss!)];
    const from = broadcastOffsets(dLoss!.shape, labels!.shape);
    let counted = 0;
    eachLabelled(scores!, labels!, attributes, (sample, offsets, label) => {
      counted += 1;
      const [logs, factor] = [logSoftmaxOver(values, offsets), upstream[from[sample]!]!];
      offsets.forEach((offset, index) => {
        out[offset] = factor * (Math.exp(logs(offset)) - (index === label ? 1 : 0));
      });
    });
    const share = reductionOf(attributes) === 'mean' ? counted : 1;
    return [
      tensorOf(
        type!,
        out.map((value) => value / share),
      ),
    ];
  },
  gradient: 'first-order-only',
  flops: ([, scores]) => 7 * elementCount(scores!.shape),
};
