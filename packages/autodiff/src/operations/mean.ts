import type { Operation } from '../operation.ts';
import { variadic } from '../rules/variadic.ts';

/** ONNX Mean of any number of broadcast inputs, element by element. */
export const mean: Operation = variadic({
  value: (a, b) => a + b,
  finish: (total, inputs) => total / inputs,
  gradient: ({ graph }, dy, inputs) => {
    const share = graph.add('Mul', [dy, graph.scalar(1 / inputs.length)]);
    return inputs.map(() => share);
  },
  body: ({ graph, node: { inputs } }) =>
    graph.add('Mul', [graph.add('Sum', inputs), graph.scalar(1 / inputs.length)]),
  dtypes: 'float',
});
