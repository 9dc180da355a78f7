import type { ValueName } from '@descent/autodiff';
import { type Feature, toAsWritten } from '../feature.ts';
import type { Layer, LayerContext, SpecOf } from './layer.ts';
import { declareScaleAndShift, type ScaleAndShift, type ScaleAndShiftSpec } from './scale-and-shift.ts';

/** Mean 0 and variance 1 along the last axis (Ba et al. 2016; ONNX LayerNormalization): gamma, beta [features]. */
export const layerNormalization: Layer<SpecOf<'layerNormalization'>> = {
  takes: 'one',
  build: (context, [input], spec) => normalizeLayer(context, input, spec, spec.epsilon ?? 1e-3),
};

export function normalizeLayer(
  context: LayerContext,
  input: Feature,
  spec: ScaleAndShiftSpec,
  epsilon: number,
): Feature {
  const features = input.shape.at(-1);
  if (features === undefined)
    throw context.mismatch('it needs an axis of features', '[features]', input.shape);
  const x = toAsWritten(context.graph, input);
  const parameters = declareScaleAndShift(context, features, spec);
  return { ...x, value: normalized(context, x.value, features, parameters, epsilon) };
}

function normalized(
  { graph }: LayerContext,
  x: ValueName,
  features: number,
  { gamma, beta }: ScaleAndShift,
  epsilon: number,
): ValueName {
  const ones = () =>
    graph.constant({ dtype: 'float32', shape: [features], data: new Float32Array(features).fill(1) });
  const operands = [x, gamma ?? ones(), ...(beta === undefined ? [] : [beta])];
  return graph.add('LayerNormalization', operands, { axis: -1, epsilon });
}
