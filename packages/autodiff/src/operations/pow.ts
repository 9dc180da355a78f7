import { DescentError } from '@descent/errors';
import type { ValueName } from '../graph.ts';
import type { GradientContext, Operation, ShapeContext } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';
import { numbers } from '../rules/numbers.ts';

/**
 * ONNX Pow: a^b in the dtype of a; integers are truncated toward zero. The gradient by a is dy · b · a^(b − 1), 0 where
 * b is 0. That by b is dy · y · ln a, so only where a > 0 (0 elsewhere).
 */
export const pow: Operation = binary({
  value: (a, b) => a ** b,
  integer: (a, b) => (b < 0n ? BigInt(Math.trunc(Number(a) ** Number(b))) : a ** b),
  check: baseOrRefuse,
  gradient: {
    a: (context, dy, a, b) => context.graph.add('Mul', [dy, slope(context, a, b)]),
    b: ({ graph, node }, dy, a) => {
      const positive = graph.add('Greater', [a, graph.scalar(0)]);
      const logarithm = graph.add('Log', [graph.add('Where', [positive, a, graph.scalar(1)])]);
      return graph.add('Mul', [dy, graph.add('Mul', [node.outputs[0]!, logarithm])]);
    },
  },
});

/** The dtypes of base and exponent may differ. */
function baseOrRefuse({ node, inputs }: ShapeContext): void {
  if (inputs[0]!.dtype !== 'uint8') return;
  const expected = 'a signed number';
  const details = { node: node.name, op: node.op, input: 'A', actual: 'uint8', expected };
  throw new DescentError('GRAPH_DTYPE_MISMATCH', details);
}

function slope({ graph, type, constant }: GradientContext, a: ValueName, given: ValueName): ValueName {
  const known = constant(1);
  const exponents = known && [...numbers(known)];
  if (exponents?.every((exponent) => exponent === 2)) return graph.add('Mul', [a, graph.scalar(2)]);
  const b = type(given).dtype === 'float32' ? given : graph.add('Cast', [given], { to: 'float32' });
  const lower = graph.add('Pow', [a, graph.add('Sub', [b, graph.scalar(1)])]);
  const product = graph.add('Mul', [b, lower]);
  if (exponents !== undefined && !exponents.includes(0)) return product;
  // 0 · 0^(−1) would be NaN.
  const zero = graph.scalar(0);
  return graph.add('Where', [graph.add('Equal', [b, zero]), zero, product]);
}
