import { elementCount } from '@descent/tensors';
import { broadcastShapes, renderShape, sameShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import {
  crossEntropyAttributes,
  eachLabelled,
  labelInputs,
  labelShapeOrRefuse,
  reductionOf,
} from '../rules/cross-entropy.ts';
import { broadcastOffsets } from '../rules/indexing.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';
import { logSoftmaxOver } from '../rules/softmax.ts';

/**
 * Gradient of `SoftmaxCrossEntropyLoss` by the scores: dLoss · weights[label] · (softmax(scores) − one-hot(labels)),
 * 0 for ignored labels, divided by the sum of the weights for the mean. dLoss broadcasts to the shape of the labels.
 */
export const softmaxCrossEntropyLossGrad: Operation = {
  inputs: [{ name: 'dLoss', dtypes: 'float' }, { name: 'scores', dtypes: 'float' }, ...labelInputs],
  attributes: crossEntropyAttributes,
  shape: (context) => {
    const [dLoss, scores, labels, weights] = context.inputs;
    const perLabel = labelShapeOrRefuse(context, scores!.shape, labels!.shape, weights?.shape);
    const common = broadcastShapes(dLoss!.shape, perLabel);
    if (common === undefined || !sameShape(common, perLabel)) {
      throw mismatch(
        context,
        `dLoss ${renderShape(dLoss!.shape)} does not broadcast to ${renderShape(perLabel)}`,
      );
    }
    return [scores!];
  },
  evaluate: ([dLoss, ...labelled], attributes, [type]) => {
    const [values, out, upstream] = [numbers(labelled[0]!), zeros(type!.shape), numbers(dLoss!)];
    const from = broadcastOffsets(dLoss!.shape, labelled[1]!.shape);
    const total = eachLabelled(
      'SoftmaxCrossEntropyLoss',
      labelled,
      attributes,
      ({ sample, offsets, label, weight }) => {
        const [logs, factor] = [logSoftmaxOver(values, offsets), weight * upstream[from[sample]!]!];
        offsets.forEach((offset, index) => {
          out[offset] = factor * (Math.exp(logs(offset)) - (index === label ? 1 : 0));
        });
      },
    );
    const share = reductionOf(attributes) === 'mean' ? total : 1;
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
