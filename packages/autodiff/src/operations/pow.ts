import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** ONNX Pow: a^b. The gradient by b is dy · y · ln a, so only where a > 0 (0 elsewhere). */
export const pow: Operation = binary({
  value: (a, b) => a ** b,
  dtypes: 'float',
  gradient: {
    a: ({ graph }, dy, a, b) => {
      const lower = graph.add('Pow', [a, graph.add('Sub', [b, graph.scalar(1)])]);
      return graph.add('Mul', [dy, graph.add('Mul', [b, lower])]);
    },
    b: ({ graph, node }, dy, a) => {
      const positive = graph.add('Greater', [a, graph.scalar(0)]);
      const logarithm = graph.add('Log', [graph.add('Where', [positive, a, graph.scalar(1)])]);
      return graph.add('Mul', [dy, graph.add('Mul', [node.outputs[0]!, logarithm])]);
    },
  },
});
