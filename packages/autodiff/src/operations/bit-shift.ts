import type { Operation } from '../operation.ts';
import { text } from '../rules/attributes.ts';
import { binary } from '../rules/element-wise.ts';
import { sameDtypes, wrongAttribute, wrongInputs } from '../rules/refuse.ts';

/** ONNX BitShift of unsigned integers (uint8) by as many bits as B says, `direction` LEFT or RIGHT. */
export const bitShift: Operation = binary({
  value: (a, b, attributes) =>
    isLeft(text(attributes, 'direction', '')) ? a * 2 ** b : Math.floor(a / 2 ** b),
  integer: (a, b, attributes) => (isLeft(text(attributes, 'direction', '')) ? a << b : a >> b),
  attributes: { direction: 'text' },
  check: (context) => {
    sameDtypes(context);
    const { node, inputs } = context;
    if (inputs[0]!.dtype !== 'uint8') throw wrongInputs(node, `takes uint8, not ${inputs[0]!.dtype}`);
    if (!['LEFT', 'RIGHT'].includes(text(node.attributes, 'direction', ''))) {
      throw wrongAttribute(node, 'direction', 'must be LEFT or RIGHT');
    }
  },
  gradient: 'zero',
});

function isLeft(direction: string): boolean {
  return direction === 'LEFT';
}
