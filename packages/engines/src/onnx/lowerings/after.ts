import { elementTypes } from '../element-types.ts';
import { input, type Lowering, single } from '../lowering.ts';

/**
 * X with an axis added in front and taken off again, where the place of the axis is computed from an element of
 * `after`: no byte of X moves, and nothing can be folded or merged, since onnxruntime does not know the place before
 * `after` is there. (A Reshape by a computed shape would do, but onnxruntime 1.30 fails on it in front of another one.)
 */
export const after: Lowering = single((context) => {
  const { writer } = context;
  const [x, trigger] = [input(context, 0), input(context, 1)];
  const flat = writer.op('Reshape', [trigger, writer.integers([-1])]);
  const element = writer.op('Slice', [flat, writer.integers([0]), writer.integers([1])]);
  const whole = writer.op('Cast', [element], { to: elementTypes.int64 });
  const zero = writer.op('Mul', [whole, writer.integers([0])]);
  return writer.op('Squeeze', [writer.op('Unsqueeze', [x, zero]), writer.integers([0])]);
});
