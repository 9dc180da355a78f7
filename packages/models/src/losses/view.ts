import type { ValueName } from '@descent/autodiff';

/** What a metric sees of a prediction and its labels. The functions add nodes, so only what is used is computed. */
export type View = ClassView | BinaryView | ValueView;

/** One class of several for every position; n = batch · positions. */
export interface ClassView {
  readonly kind: 'classes';
  readonly classes: number;
  readonly positions: number;
  /** Whether softmax makes probabilities of the scores. */
  readonly logits: boolean;
  /** float32 [n, classes] */
  scores(): ValueName;
  /** int64 [n]; where `counted` is 0, any class. */
  labels(): ValueName;
  /** float32 [n]: 1 where the label counts, else 0; left out where all do. */
  readonly counted?: () => ValueName;
}

/** Yes or no for every element of [batch, ...shape]. */
export interface BinaryView {
  readonly kind: 'binary';
  /** float32, positive above 0: a logit or a margin. */
  scores(): ValueName;
  /** float32: the label as it is. */
  labels(): ValueName;
  /** bool */
  wanted(): ValueName;
  /** float32: 1 where the label counts, else 0; left out where all do. */
  readonly counted?: () => ValueName;
}

/** A number for every element of [batch, ...shape]. */
export interface ValueView {
  readonly kind: 'values';
  readonly shape: readonly number[];
  prediction(): ValueName;
  labels(): ValueName;
}
