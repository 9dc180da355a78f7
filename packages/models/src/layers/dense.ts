import { toAsWritten } from '../feature.ts';
import { activate } from './activation.ts';
import type { Layer, SpecOf } from './layer.ts';

/**
 * y = activation(x · kernel + bias) over the last axis of x, as in Keras.
 * kernel [features, units], bias [units]; x [..., features] → [..., units].
 */
export const dense: Layer<SpecOf<'dense'>> = {
  takes: 'one',
  build: (context, [input], spec) => {
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
    const product = (): string => {
      if (x.shape.length === 1) {
        return graph.add('Gemm', bias === undefined ? [x.value, kernel] : [x.value, kernel, bias]);
      }
      const matrix = graph.add('MatMul', [x.value, kernel]);
      return bias === undefined ? matrix : graph.add('Add', [matrix, bias]);
    };
    const shape = [...x.shape.slice(0, -1), spec.units];
    return activate(context, { ...x, value: product(), shape }, spec.activation);
  },
};
