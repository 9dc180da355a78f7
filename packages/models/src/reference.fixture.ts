import { type Evaluation, evaluate, type Feeds } from '@descent/autodiff';
import { type LayerSpec, ModelSpec, validate } from '@descent/contracts';
import { tensor } from '@descent/tensors';
import { type CompiledModel, compileModel } from './compile-model.ts';
import { inferenceGraph } from './graphs.ts';

export const floats = (shape: readonly number[], values: readonly number[]) =>
  tensor('float32', shape, Float32Array.from(values));

export const codes = (...values: number[]) => tensor('int32', [values.length], Int32Array.from(values));

/** 1, 2, 3, … in that shape. */
export const counting = (...shape: number[]) => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return floats(
    shape,
    Array.from({ length: size }, (_, index) => index + 1),
  );
};

export function compiled(spec: unknown): CompiledModel {
  return compileModel(validate(ModelSpec, spec, ['model']));
}

/** What the layers make of the input `x`. At least one of them must have a parameter, as in every model. */
export function predict(
  shape: readonly number[],
  layers: readonly LayerSpec[],
  feeds: Feeds,
): { values: number[]; shape: readonly number[] } {
  const model = compiled({
    inputs: { x: { shape } },
    layers,
    loss: { type: 'meanSquaredError', labels: 'y' },
  });
  return outputOf(evaluate(inferenceGraph(model), feeds), 'prediction');
}

export function outputOf(evaluation: Evaluation, name: string) {
  const { data, shape } = evaluation.outputs.get(name)!;
  return { values: Array.from(data, Number), shape };
}

/** The layers after a dense layer with the unit matrix, which only makes the model trainable. */
export function after(shape: readonly number[], layers: readonly LayerSpec[], feeds: Feeds) {
  const unit = unitDense(shape.at(-1)!);
  return predict(shape, [unit.layer, ...layers], { ...unit.feeds, ...feeds });
}

/** A weight of 1 in front of the layers under test: `x · 1`, so that the model has something to train. */
export const unitDense = (features: number): { layer: LayerSpec; feeds: Feeds } => ({
  layer: { type: 'dense', name: 'unit', units: features, useBias: false },
  feeds: {
    'unit/kernel': floats(
      [features, features],
      Array.from({ length: features ** 2 }, (_, index) => (index % (features + 1) === 0 ? 1 : 0)),
    ),
  },
});
