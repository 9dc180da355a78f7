import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { LayerSpec, LayerType } from '@descent/contracts';
import type { DescentError } from '@descent/errors';
import type { Dtype } from '@descent/tensors';
import type { Feature } from '../feature.ts';
import type { ParameterInitializer } from '../initializers.ts';

/** In `evaluation` and `inference` dropout does nothing. */
export type Mode = 'training' | 'evaluation' | 'inference';

/** What a layer may use while it adds its nodes. */
export interface LayerContext {
  readonly graph: GraphBuilder;
  readonly mode: Mode;
  /** Declares a trained tensor `<layer>/<role>`. */
  parameter(role: string, shape: readonly number[], initializer: ParameterInitializer): ValueName;
  /**
   * Declares a state `<layer>/<role>`: a running average that is part of the weights but has no gradient. `momentum` is
   * the share of the old value that a step keeps (Keras' momentum; PyTorch's is 1 − that).
   */
  state(
    role: string,
    shape: readonly number[],
    initializer: ParameterInitializer,
    momentum: number,
  ): ValueName;
  /**
   * Gives the statistic of this micro-batch that the state averages, of the state's shape: a mean over its samples.
   * Only in training.
   */
  updateState(state: ValueName, statistic: ValueName): void;
  /** Declares an input [batch, ...shape] that the worker fills with 0 or 1/(1 − rate): `<layer>/mask`. */
  dropoutMask(shape: readonly number[], rate: number): ValueName;
  /** Adds a part of the layer: its parameters are `<layer>/<name>/…`, and its nodes too. */
  part<Result>(name: string, build: (context: LayerContext) => Result): Result;
  /** Refuses a layer that is about to add more operations than a graph may have. For all that grow with a length. */
  admitOperations(count: number): void;
  /** Refuses a shape of one sample that is larger than a value may be. For layers that make more of what they read. */
  admitShape(shape: readonly number[]): void;
  /** Says that the integers of an input of the model must lie in 0 … count − 1, if that is what the feature is. */
  limitCodes(feature: Feature, count: number): void;
  /** To throw: shapes are those of one sample, or words. */
  mismatch(problem: string, expected: string, actual: readonly number[]): DescentError;
  windowTooLarge(window: readonly number[], input: readonly number[]): DescentError;
  invalid(problem: string): DescentError;
}

/** One layer type: adds its nodes to the graph. One file each. */
export interface Layer<Spec extends LayerSpec> {
  /** 'several': two or more; [least, most]. Checked before `build`. */
  readonly takes: 'one' | 'several' | readonly [number, number];
  /** Which dtypes its inputs may have; default float32 alone. */
  readonly reads?: readonly Dtype[];
  build(context: LayerContext, inputs: readonly [Feature, ...Feature[]], spec: Spec): Feature;
}

export type LayerTable = { readonly [Type in LayerType]: Layer<Extract<LayerSpec, { type: Type }>> };

/** The spec of one layer type. */
export type SpecOf<Type extends LayerType> = Extract<LayerSpec, { type: Type }>;
