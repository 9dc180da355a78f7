import type { Operation } from '../operation.ts';
import { variadic } from '../rules/variadic.ts';

/** ONNX Sum of any number of broadcast inputs. */
export const sum: Operation = variadic({
  value: (a, b) => a + b,
  gradient: (_, dy, inputs) => inputs.map(() => dy),
  body: ({ graph, node: { inputs } }) =>
    inputs.length === 1
      ? graph.add('Identity', inputs)
      : inputs.reduce((total, input) => graph.add('Add', [total, input])),
  dtypes: 'float',
});
