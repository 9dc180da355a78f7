import { elementCount } from '@descent/tensors';
import {
  axisOf,
  inputShape,
  integerAttribute,
  integers,
  isPresent,
  type Lowering,
  type LoweringContext,
  outputShape,
  single,
} from '../lowering.ts';
import type { TensorFlow, TfTensor } from '../tensorflow.ts';
import { oneHot } from './one-hot.ts';
import { columnSums } from './products.ts';
import { ofFloats, reference } from './reference.ts';

type Reduction = (tf: TensorFlow, x: TfTensor, axes: number[]) => TfTensor;

/** Axes counted from the front: an attribute up to opset 17, and an input where it became one. */
function reducedAxes(context: LoweringContext): number[] | undefined {
  const rank = inputShape(context, 0).length;
  if (isPresent(context, 1) && context.constant(1) === undefined) return undefined;
  const given = integers(context, 1) ?? (context.node.attributes.axes as readonly number[] | undefined) ?? [];
  if (given.length > 0) return given.map((axis) => (axis < 0 ? axis + rank : axis));
  if (integerAttribute(context, 'noop_with_empty_axes', 0) !== 0) return [];
  return inputShape(context, 0).map((_, axis) => axis);
}

export const reduction =
  (reduce: Reduction): Lowering =>
  (context) => {
    const axes = reducedAxes(context);
    if (axes === undefined || context.inputTypes[0]?.dtype !== 'float32') return reference(context);
    const x = context.value(0);
    return [axes.length === 0 ? x : reduce(context.tf, x, axes)];
  };

/** Sums over all axes but the last, or over all but the channels, are products. */
export const reduceSum: Lowering = (context) => {
  const shape = inputShape(context, 0);
  const axes = reducedAxes(context)?.toSorted((a, b) => a - b);
  const isFloat = context.inputTypes[0]?.dtype === 'float32';
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes?.includes(axis));
  if (isFloat && kept.length === 1 && shape.length > 1) {
    const [axis] = kept;
    const isLast = axis === shape.length - 1;
    if (isLast || (axis === 1 && context.isChannelsLast(0))) {
      const rows = isLast ? context.value(0) : context.channelsLast(0);
      return [columnSums(context, context.tf.reshape(rows, [-1, shape[axis!]!]))];
    }
  }
  return reduction((tf, x, list) => tf.sum(x, list))(context);
};

/** The first of equal maxima or minima. */
export const argBest =
  (best: (tf: TensorFlow, x: TfTensor, axis: number) => TfTensor): Lowering =>
  (context) => {
    if (integerAttribute(context, 'select_last_index', 0) !== 0) return reference(context);
    const axis = axisOf(context, 'axis', 0, inputShape(context, 0).length);
    return ofFloats(single(() => best(context.tf, context.value(0), axis)))(context);
  };

/** The first maximum along the reduced axes, laid out as the last one: argMax tells it, oneHot marks it. */
export const reduceMaxGrad: Lowering = single((context) => {
  const { tf, node } = context;
  const shape = outputShape(context);
  const all = shape.map((_, axis) => axis);
  const given = (node.attributes.axes as readonly number[] | undefined) ?? [];
  const reduced = given.length === 0 ? all : given.map((axis) => (axis < 0 ? axis + shape.length : axis));
  const kept = all.filter((axis) => !reduced.includes(axis));
  const perm = [...kept, ...reduced.toSorted((a, b) => a - b)];
  const sizeOf = (axes: readonly number[]) => elementCount(axes.map((axis) => shape[axis]!));
  const [outer, inner] = [sizeOf(kept), sizeOf(reduced)];

  const laid = tf.reshape(tf.transpose(context.value(1), perm), [outer, inner]);
  const marks = oneHot(tf, tf.argMax(laid, 1), inner);
  const spread = tf.mul(marks, tf.reshape(context.value(0), [outer, 1]));
  const permuted = tf.reshape(
    spread,
    perm.map((axis) => shape[axis]!),
  );
  return tf.transpose(
    permuted,
    all.map((axis) => perm.indexOf(axis)),
  );
});

/** Along one constant axis. */
export const cumSum: Lowering = (context) => {
  const axis = integers(context, 1)?.[0];
  if (axis === undefined || context.inputTypes[0]?.dtype !== 'float32') return reference(context);
  const rank = inputShape(context, 0).length;
  const [exclusive, reverse] = ['exclusive', 'reverse'].map(
    (name) => integerAttribute(context, name, 0) !== 0,
  );
  return [context.tf.cumsum(context.value(0), axis < 0 ? axis + rank : axis, exclusive, reverse)];
};
