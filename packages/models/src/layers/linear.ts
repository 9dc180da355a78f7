import type { ValueName } from '@descent/autodiff';
import { type Feature, toAsWritten } from '../feature.ts';
import type { ParameterInitializer } from '../initializers.ts';
import type { LayerContext } from './layer.ts';

export interface LinearSpec {
  readonly units: number;
  readonly useBias?: boolean | undefined;
  readonly kernelInitializer?: ParameterInitializer | undefined;
  readonly biasInitializer?: ParameterInitializer | undefined;
}

/** x · kernel + bias over the last axis: kernel [features, units], bias [units]. */
export function linear(context: LayerContext, input: Feature, spec: LinearSpec): Feature {
  const { graph } = context;
  const features = input.shape.at(-1);
  if (features === undefined) {
    throw context.mismatch('a dense layer needs an axis of features', '[features]', input.shape);
  }
  const x = toAsWritten(graph, input);
  const kernel = context.parameter(
    'kernel',
    [features, spec.units],
    spec.kernelInitializer ?? 'glorotUniform',
  );
  const bias =
    spec.useBias === false
      ? undefined
      : context.parameter('bias', [spec.units], spec.biasInitializer ?? 'zeros');
  const product = (): ValueName => {
    if (x.shape.length === 1) {
      return graph.add('Gemm', bias === undefined ? [x.value, kernel] : [x.value, kernel, bias]);
    }
    const matrix = graph.add('MatMul', [x.value, kernel]);
    return bias === undefined ? matrix : graph.add('Add', [matrix, bias]);
  };
  return { ...x, value: product(), shape: [...x.shape.slice(0, -1), spec.units] };
}
