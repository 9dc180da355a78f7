import { elementTypes } from '../element-types.ts';
import { type Lowering, single } from '../lowering.ts';

/**
 * X with an axis added in front and taken off again, where the place of the axis is computed from an element of
 * every `after`: no byte of X moves, and nothing can be folded or merged, since onnxruntime does not know the place before
 * `after` is there. (A Reshape by a computed shape would do, but onnxruntime 1.30 fails on it in front of another one.)
 */
export const after: Lowering = single((context) => {
  const { writer } = context;
  const [x, ...triggers] = context.inputs;
  const zeros = triggers.map((trigger) => {
    const flat = writer.op('Reshape', [trigger, writer.integers([-1])]);
    const element = writer.op('Slice', [flat, writer.integers([0]), writer.integers([1])]);
    const whole = writer.op('Cast', [element], { to: elementTypes.int64 });
    return writer.op('Mul', [whole, writer.integers([0])]);
  });
  const zero = zeros.reduce((sum, next) => writer.op('Add', [sum, next]));
  return writer.op('Squeeze', [writer.op('Unsqueeze', [x!, zero]), writer.integers([0])]);
});
