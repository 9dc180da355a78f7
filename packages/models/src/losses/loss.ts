import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { LossSpec, LossType } from '@descent/contracts';
import type { DescentError } from '@descent/errors';
import type { View } from './view.ts';

/** What the loss compares the prediction with, per sample. */
export interface LabelType {
  readonly dtype: 'float32' | 'int32';
  /** Of one sample; [] for one number. */
  readonly shape: readonly number[];
  /** The shape that the loss computes with, of as many elements; default `shape`. */
  readonly computed?: readonly number[];
  /** Labels are class codes 0 … classes − 1. */
  readonly classes?: number;
  /** A label besides them that marks what does not count. */
  readonly ignored?: number;
}

/** A loss before anything is computed: its settings and the shapes of what it reads. */
export interface LossContext<Spec extends LossSpec> {
  readonly spec: Spec;
  /** Per sample, channels last; as many as `readsOf` names. */
  readonly shapes: readonly (readonly number[])[];
  /** To throw, about a field of the loss. */
  invalid(field: string, problem: string, expected: string, actual: string): DescentError;
}

/** A loss while it is computed. */
export interface LossInputs<Spec extends LossSpec> {
  readonly graph: GraphBuilder;
  readonly spec: Spec;
  readonly shapes: readonly (readonly number[])[];
  /** [batch, ...shape] each. */
  readonly values: readonly ValueName[];
  /** [batch, ...] of the dtype of `labels()` and its computed shape; '' where the loss takes none. */
  readonly labels: ValueName;
  /** float32 [batch]: what the loss of each sample is multiplied by; undefined: 1. */
  readonly weights?: ValueName | undefined;
}

/** One loss: the sum over the samples of a micro-batch, so that micro-batches add up. One file each. */
export interface Loss<Spec extends LossSpec> {
  /** The predictions it takes, in words. */
  readonly takes: string;
  /** Label type for what it reads; 'none' where it takes no labels, undefined where it does not take such a prediction. */
  labels(context: LossContext<Spec>): LabelType | 'none' | undefined;
  /** float32 scalar: Σ over samples. */
  sum(inputs: LossInputs<Spec>): ValueName;
  /** How many operations it adds, where that grows with a length. */
  operations?(shapes: LossContext<Spec>['shapes']): number;
  /** What metrics see of it; a loss without one has no metrics. */
  view?(inputs: LossInputs<Spec>): View;
  /** The activation that turns the prediction into probabilities (or a rate), which the loss applies itself. */
  link?(spec: Spec): Link | undefined;
}

export type Link = 'softmax' | 'sigmoid' | 'exponential';

export type LossSpecOf<Type extends LossType> = Extract<LossSpec, { readonly type: Type }>;
export type LossTable = { readonly [Type in LossType]: Loss<LossSpecOf<Type>> };
