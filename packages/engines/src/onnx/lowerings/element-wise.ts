import { elementCount } from '@descent/tensors';
import { inputShape, type Lowering, outputShape } from '../lowering.ts';
import { blocked, fitsBlocks, isBlocked, unblocked } from './channel-blocks.ts';
import { plain } from './plain.ts';

/** The ONNX operator of the same name, on channel blocks where all it reads lies in them (channel-blocks.ts). */
export const elementWise: Lowering = (context) => {
  const { node, writer } = context;
  const shape = outputShape(context);
  const inBlocks = node.inputs.map((_, index) => inputShape(context, index).join() === shape.join());
  const suits =
    fitsBlocks(context, shape) &&
    inBlocks.includes(true) &&
    node.inputs.every((_, index) =>
      inBlocks[index] ? isBlocked(context, index) : elementCount(inputShape(context, index)) === 1,
    );
  if (!suits) return plain(context);
  const inputs = context.inputs.map((value, index) => (inBlocks[index] ? blocked(context, index) : value));
  return plain({ ...context, inputs }).map((value) => unblocked(writer, value, shape[1]!));
};
