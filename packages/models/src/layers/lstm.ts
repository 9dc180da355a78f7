import type { SpecOf } from './layer.ts';
import { activateRows, recurrent, recurrentKernel } from './recurrence.ts';

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997; Gers et al. 2000), gates in Keras' order: input, forget, cell,
 * output. c = f · c + i · g, h = o · activation(c).
 */
export const lstm = recurrent<SpecOf<'lstm'>>({
  gates: 4,
  operations: 12,
  bias: ({ unitForgetBias = true }) => (unitForgetBias ? { type: 'parts', values: [0, 1, 0, 0] } : 'zeros'),
  start: (context, spec) => {
    const { graph } = context;
    const { activation = 'tanh', recurrentActivation = 'sigmoid' } = spec;
    const kernel = recurrentKernel(context, spec, 4);
    return (projected, before) => {
      const sums = before === undefined ? projected : graph.add('Gemm', [before[0], kernel, projected]);
      const parts = graph.addMany('Split', [sums], { axis: 1 }, 4);
      const gate = (index: number) => activateRows(graph, parts[index]!, recurrentActivation);
      const write = graph.add('Mul', [gate(0), activateRows(graph, parts[2]!, activation)]);
      const cell =
        before === undefined ? write : graph.add('Add', [graph.add('Mul', [gate(1), before[1]!]), write]);
      return [graph.add('Mul', [gate(3), activateRows(graph, cell, activation)]), cell];
    };
  },
});
