import { input, inputShape, type Lowering, outputShape } from '../lowering.ts';
import { plain } from './plain.ts';

/** onnxruntime's WebGPU kernel (1.30.0) fails where both sides are broadcast; both are laid out first. */
export const pow: Lowering = (context) => {
  const shape = outputShape(context);
  if ([0, 1].some((side) => inputShape(context, side).join() === shape.join())) return plain(context);
  const { writer } = context;
  const sides = [0, 1].map((side) => writer.op('Expand', [input(context, side), writer.integers(shape)]));
  return [writer.op('Pow', sides)];
};
