import { toAsWritten } from '../feature.ts';
import type { Layer, SpecOf } from './layer.ts';

/** gamma · x ÷ √(mean(x²) + epsilon) along the last axis (Zhang & Sennrich 2019): gamma [features]. */
export const rmsNormalization: Layer<SpecOf<'rmsNormalization'>> = {
  takes: 'one',
  build: (context, [input], { epsilon = 1e-6, scale = true, gammaInitializer = 'ones' }) => {
    const { graph } = context;
    const features = input.shape.at(-1);
    if (features === undefined)
      throw context.mismatch('it needs an axis of features', '[features]', input.shape);
    const x = toAsWritten(graph, input);
    const square = graph.add('ReduceMean', [graph.add('Mul', [x.value, x.value])], {
      axes: [-1],
      keepdims: 1,
    });
    const root = graph.add('Sqrt', [graph.add('Add', [square, graph.scalar(epsilon)])]);
    const value = graph.add('Div', [x.value, root]);
    if (!scale) return { ...x, value };
    const gamma = context.parameter('gamma', [features], gammaInitializer);
    return { ...x, value: graph.add('Mul', [value, gamma]) };
  },
};
