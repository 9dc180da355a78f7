import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { Initializer, LayerSpec, LayerType } from '@descent/contracts';
import type { DescentError } from '@descent/errors';
import type { Feature } from '../feature.ts';

/** In `evaluation` and `inference` dropout does nothing. */
export type Mode = 'training' | 'evaluation' | 'inference';

/** What a layer may use while it adds its nodes. */
export interface LayerContext {
  readonly graph: GraphBuilder;
  readonly mode: Mode;
  /** Declares a trained tensor `<layer>/<role>`. */
  parameter(role: string, shape: readonly number[], initializer: Initializer): ValueName;
  /**
   * Declares a state `<layer>/<role>`: a running average that is part of the weights but has no gradient. `momentum` is
   * the share of the old value that a step keeps (Keras' momentum; PyTorch's is 1 − that).
   */
  state(role: string, shape: readonly number[], initializer: Initializer, momentum: number): ValueName;
  /**
   * Gives the statistic of this micro-batch that the state averages, of the state's shape: a mean over its samples.
   * Only in training.
   */
  updateState(state: ValueName, statistic: ValueName): void;
  /** Declares an input [batch, ...shape] that the worker fills with 0 or 1/(1 − rate): `<layer>/mask`. */
  dropoutMask(shape: readonly number[], rate: number): ValueName;
  /** To throw: shapes are those of one sample, or words. */
  mismatch(problem: string, expected: string, actual: readonly number[]): DescentError;
  windowTooLarge(window: readonly number[], input: readonly number[]): DescentError;
  invalid(problem: string): DescentError;
}

/** One layer type: adds its nodes to the graph. One file each. */
export interface Layer<Spec extends LayerSpec> {
  /** 'several': two or more. Checked before `build`. */
  readonly takes: 'one' | 'several';
  build(context: LayerContext, inputs: readonly [Feature, ...Feature[]], spec: Spec): Feature;
}

export type LayerTable = { readonly [Type in LayerType]: Layer<Extract<LayerSpec, { type: Type }>> };

/** The spec of one layer type. */
export type SpecOf<Type extends LayerType> = Extract<LayerSpec, { type: Type }>;
