import { type Dtype, elementCount, tensor } from '@descent/tensors';
import { elementTypes, isEngineDtype } from '../element-types.ts';
import { input, inputShape, type Lowering, outputShape, reshaped, single } from '../lowering.ts';

/** Only the shape changes: Flatten, Reshape, Squeeze, Unsqueeze. The bound result is known, so no rule is repeated. */
export const relabel: Lowering = single((context) => {
  const value = input(context, 0);
  const [from, to] = [inputShape(context, 0), outputShape(context)];
  return from.join() === to.join() ? value : reshaped(context.writer, value, to);
});

export const identity: Lowering = single((context) => input(context, 0));

export const expand: Lowering = single((context) => {
  const [value, shape] = [input(context, 0), outputShape(context)];
  if (inputShape(context, 0).join() === shape.join()) return value;
  return context.writer.op('Expand', [value, context.writer.integers(shape)]);
});

export const shape: Lowering = single((context) => {
  const sizes = inputShape(context, 0);
  const { start = 0, end = sizes.length } = context.node.attributes;
  return context.writer.integers(sizes.slice(start as number, end as number));
});

export const size: Lowering = single((context) =>
  context.writer.constant(
    tensor('int64', [], BigInt64Array.of(BigInt(elementCount(inputShape(context, 0))))),
  ),
);

/** ONNX writes the dtype as a number. */
export const cast: Lowering = single((context) => {
  const to = context.node.attributes.to as Dtype;
  return context.writer.op('Cast', [input(context, 0)], { to: isEngineDtype(to) ? elementTypes[to] : 0 });
});
