import { type Static, Type } from 'typebox';
import { Closed } from '../closed.ts';

export const lossSchemas = {
  /** −log softmax(prediction)[label]; prediction [batch, classes] are logits, labels [batch] integers. */
  softmaxCrossEntropy: Closed({
    type: Type.Literal('softmaxCrossEntropy'),
    labels: Type.String(),
    prediction: Type.Optional(Type.String()),
  }),
  /** Binary, on logits; labels of the prediction's shape in [0, 1]. */
  sigmoidCrossEntropy: Closed({
    type: Type.Literal('sigmoidCrossEntropy'),
    labels: Type.String(),
    prediction: Type.Optional(Type.String()),
  }),
  /** Mean over a sample's elements of (prediction − label)². */
  meanSquaredError: Closed({
    type: Type.Literal('meanSquaredError'),
    labels: Type.String(),
    prediction: Type.Optional(Type.String()),
  }),
} as const;
export type LossType = keyof typeof lossSchemas;
export type LossSpec = { [T in LossType]: Static<(typeof lossSchemas)[T]> }[LossType];
export const LossSpec = Type.Unsafe<LossSpec>(Type.Union(Object.values(lossSchemas), { title: 'loss' }));
