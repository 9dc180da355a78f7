import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { binary } from '../rules/element-wise.ts';
import { refuseZeroDivisor, sameDtypes, wrongAttribute } from '../rules/refuse.ts';

/**
 * ONNX Mod. Without `fmod` (0) the remainder of integers with the sign of the divisor; with it the remainder of any
 * numbers with the sign of the dividend. The gradient by B is −dy · trunc(A ÷ B).
 */
export const mod: Operation = binary({
  value: (a, b) => a % b,
  integer: (a, b, attributes) => {
    const rest = a % refuseZeroDivisor('Mod', b);
    const signed = integer(attributes, 'fmod', 0) === 0 && rest !== 0n && rest < 0n !== b < 0n;
    return signed ? rest + b : rest;
  },
  attributes: { fmod: 'integer' },
  check: (context) => {
    sameDtypes(context);
    if (context.inputs[0]!.dtype !== 'float32' || integer(context.node.attributes, 'fmod', 0) === 1) return;
    throw wrongAttribute(context.node, 'fmod', 'must be 1 for floats');
  },
  gradient: {
    a: (_, dy) => dy,
    b: ({ graph, node }, dy, a, b) => {
      const whole = graph.add('Round', [graph.add('Div', [graph.add('Sub', [node.outputs[0]!, a]), b])]);
      return graph.add('Mul', [dy, whole]);
    },
  },
});
