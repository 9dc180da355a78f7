import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { LossType } from '@descent/contracts';

/** What the loss compares the prediction with, per sample. */
export interface LabelType {
  readonly dtype: 'float32' | 'int32';
  /** Of one sample; [] for one number. */
  readonly shape: readonly number[];
  /** Labels are class codes 0 … classes − 1. */
  readonly classes?: number;
}

/** One loss: the sum over the samples of a micro-batch, so that micro-batches add up. One file each. */
export interface Loss {
  /** Label type for a prediction of that sample shape; undefined where the loss does not take such a prediction. */
  labels(prediction: readonly number[]): LabelType | undefined;
  /** The predictions it takes, in words. */
  readonly takes: string;
  /** float32 scalar: Σ over samples. `labels` has the dtype of `labels()` and, but for [1] and [], its shape. */
  sum(graph: GraphBuilder, prediction: ValueName, labels: ValueName): ValueName;
  /** The activation that turns the prediction into probabilities, which the loss applies itself. */
  readonly link?: 'softmax' | 'sigmoid';
}

export type LossTable = { readonly [Type in LossType]: Loss };
