import { tensor } from '@descent/tensors';
import { elementTypes } from '../element-types.ts';
import { input, type Lowering, outputShape, single } from '../lowering.ts';

/**
 * X reshaped to the shape it has, where the shape is computed from an element of `after`: no byte of X moves, and
 * nothing can be folded or merged, since onnxruntime does not know the shape before `after` is there.
 */
export const after: Lowering = single((context) => {
  const { writer } = context;
  const [x, trigger] = [input(context, 0), input(context, 1)];
  const flat = writer.op('Reshape', [trigger, writer.integers([-1])]);
  const element = writer.op('Slice', [flat, writer.integers([0]), writer.integers([1])]);
  const nothing = writer.op('Mul', [
    writer.op('Cast', [element], { to: elementTypes.int64 }),
    writer.constant(tensor('int64', [1], BigInt64Array.of(0n))),
  ]);
  return writer.op('Reshape', [x, writer.op('Add', [nothing, writer.integers(outputShape(context))])]);
});
