import { axisOf, inputShape, integers, type Lowering, outputShape, single } from '../lowering.ts';
import { reference } from './reference.ts';

/** The type of the output says it all: Flatten, Identity, Reshape, Squeeze, Unsqueeze. */
export const relabel: Lowering = single((context) => context.value(0));

export const expand: Lowering = single((context) => {
  const [from, to] = [inputShape(context, 0), outputShape(context)];
  const x = context.value(0);
  return from.join() === to.join() ? x : context.tf.broadcastTo(x, [...to]);
});

export const transpose: Lowering = single((context) => {
  const perm = context.node.attributes.perm as readonly number[] | undefined;
  return context.tf.transpose(context.value(0), perm && [...perm]);
});

export const concat: Lowering = single((context) => {
  const axis = axisOf(context, 'axis', 0, outputShape(context).length);
  return context.tf.concat(
    context.node.inputs.map((_, input) => context.value(input)),
    axis,
  );
});

export const shape: Lowering = single((context) =>
  context.kept('shape', () => {
    const sizes = inputShape(context, 0);
    const { start = 0, end = sizes.length } = context.node.attributes;
    return context.tf.tensor1d([...sizes.slice(start as number, end as number)], 'int32');
  }),
);

export const size: Lowering = single((context) =>
  context.kept('size', () =>
    context.tf.scalar(
      inputShape(context, 0).reduce((product, dim) => product * dim, 1),
      'int32',
    ),
  ),
);

/** Zeros or another number around a tensor; other modes and negative widths are rare. */
export const pad: Lowering = (context) => {
  const { node, inputTypes } = context;
  const rank = inputShape(context, 0).length;
  const widths = integers(context, 1);
  const plain = (node.attributes.mode ?? 'constant') === 'constant' && node.inputs.length <= 3;
  if (!plain || widths?.length !== 2 * rank || widths.some((width) => width < 0)) return reference(context);
  if (inputTypes[0]?.dtype !== 'float32' || (node.inputs[2] && context.constant(2) === undefined)) {
    return reference(context);
  }
  const value = integers(context, 2)?.[0] ?? 0;
  const pairs = Array.from({ length: rank }, (_, axis): [number, number] => [
    widths[axis]!,
    widths[axis + rank]!,
  ]);
  return [context.tf.pad(context.value(0), pairs, value)];
};

/** Constant bounds and steps of at least 1. */
export const slice: Lowering = (context) => {
  const { tf } = context;
  const [from, to] = [inputShape(context, 0), outputShape(context)];
  const starts = integers(context, 1);
  const axes = integers(context, 3) ?? starts?.map((_, axis) => axis);
  const steps = integers(context, 4) ?? starts?.map(() => 1);
  if (starts === undefined || axes === undefined || steps === undefined) return reference(context);
  if (steps.some((step) => step < 1)) return reference(context);
  const [begin, stride] = [from.map(() => 0), from.map(() => 1)];
  axes.forEach((given, position) => {
    const axis = given < 0 ? given + from.length : given;
    const start = starts[position]!;
    begin[axis] = Math.min(Math.max(start < 0 ? start + from[axis]! : start, 0), from[axis]!);
    stride[axis] = steps[position]!;
  });
  if (stride.every((step) => step === 1)) return [tf.slice(context.value(0), begin, [...to])];
  if (context.inputTypes[0]?.dtype !== 'float32') return reference(context);
  const end = begin.map((start, axis) => start + (to[axis]! - 1) * stride[axis]! + 1);
  return [tf.stridedSlice(context.value(0), begin, end, stride)];
};

/** The parts' sizes are those of the outputs; last ones that nobody reads are not among them. */
export const split: Lowering = (context) => {
  const shape = inputShape(context, 0);
  const axis = axisOf(context, 'axis', 0, shape.length);
  const sizes = context.outputTypes.map((type) => type.shape[axis]!);
  const rest = sizes.reduce((left, size) => left - size, shape[axis]!);
  if (sizes.length === 1 && rest === 0) return [context.value(0)];
  const parts = context.tf.split(context.value(0), rest === 0 ? sizes : [...sizes, rest], axis);
  return parts.slice(0, sizes.length);
};

export const tile: Lowering = (context) => {
  const [from, to] = [inputShape(context, 0), outputShape(context)];
  const repeats = from.map((size, axis) => to[axis]! / size);
  return context.inputTypes[0]?.dtype === 'float32'
    ? [context.tf.tile(context.value(0), repeats)]
    : reference(context);
};
