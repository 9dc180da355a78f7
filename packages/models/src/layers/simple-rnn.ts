import type { SpecOf } from './layer.ts';
import { activateRows, recurrent, recurrentKernel } from './recurrence.ts';

/** h = activation(x · kernel + h · recurrentKernel + bias) (Elman 1990). */
export const simpleRnn = recurrent<SpecOf<'simpleRnn'>>({
  gates: 1,
  operations: 3,
  start: (context, spec) => {
    const { graph } = context;
    const kernel = recurrentKernel(context, spec, 1);
    return (projected, before) => {
      const sum = before === undefined ? projected : graph.add('Gemm', [before[0], kernel, projected]);
      return [activateRows(graph, sum, spec.activation ?? 'tanh')];
    };
  },
});
