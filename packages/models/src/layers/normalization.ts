import { toAsWritten } from '../feature.ts';
import { asFloat } from './as-float.ts';
import type { Layer, SpecOf } from './layer.ts';

/** As Keras: a variance of zero would divide by zero. */
const smallestDeviation = 1e-7;

/** (x − mean) ÷ √variance with constants of the spec, one pair or one for each feature of the last axis. */
export const normalization: Layer<SpecOf<'normalization'>> = {
  takes: 'one',
  reads: ['float32', 'int32'],
  build: (context, [input], { mean, variance }) => {
    const { graph } = context;
    const features = input.shape.at(-1) ?? 1;
    if (mean.length !== variance.length) {
      throw context.invalid(`mean has ${mean.length} numbers and variance ${variance.length}`);
    }
    if (mean.length !== 1 && mean.length !== features) {
      throw context.mismatch(
        `mean and variance have ${mean.length} numbers`,
        `[..., ${mean.length}]`,
        input.shape,
      );
    }
    const constant = (values: readonly number[]) =>
      values.length === 1
        ? graph.scalar(values[0]!)
        : graph.constant({ dtype: 'float32', shape: [features], data: Float32Array.from(values) });
    const factors = variance.map((value) => 1 / Math.max(Math.sqrt(value), smallestDeviation));
    const x = toAsWritten(graph, asFloat(graph, input));
    const centred = graph.add('Sub', [x.value, constant(mean)]);
    return { ...x, value: graph.add('Mul', [centred, constant(factors)]) };
  },
};
