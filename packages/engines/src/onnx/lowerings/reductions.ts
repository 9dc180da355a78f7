import { elementCount } from '@descent/tensors';
import {
  input,
  inputShape,
  type Lowering,
  type LoweringContext,
  outputShape,
  reshaped,
  single,
} from '../lowering.ts';
import type { OnnxValue } from '../model-writer.ts';
import { blocked, isBlocked } from './channel-blocks.ts';
import { offOn } from './marks.ts';
import { piecesBehind } from './pieces.ts';
import { plain } from './plain.ts';

/** onnxruntime takes the axes as int64 only. */
export const reduceSum: Lowering = (context) => {
  const axes = context.constant(1);
  if (axes === undefined) return plain(context);
  const { keepdims = 1, noop_with_empty_axes = 0 } = context.node.attributes;
  const list = Array.from(axes.data, Number);
  if (list.join() === '0,2,3' && keepdims === 0 && isBlocked(context, 0)) return [sumPerChannel(context, 0)];
  return [
    context.writer.op('ReduceSum', [input(context, 0), context.writer.integers(list)], {
      keepdims: keepdims as number,
      noop_with_empty_axes: noop_with_empty_axes as number,
    }),
  ];
};

/** Sum over all but the channels of a blocked value: [channels]. */
function sumPerChannel(context: LoweringContext, index: number): OnnxValue {
  const { writer, channelBlock } = context;
  const [samples, channels, height, width] = inputShape(context, index) as [number, number, number, number];
  const block = channelBlock!;
  const pieces = piecesBehind(context, index);
  const [value, count] =
    pieces?.total === undefined
      ? [blocked(context, index), height * width]
      : [pieces.total, (height * width) / elementCount(pieces.tile)];
  const places = reshaped(writer, value, [samples, channels / block, count, block]);
  // Both axes at once take five times as long.
  const perPlace = writer.op('ReduceSum', [places, writer.integers([0])], { keepdims: 0 });
  const sums = writer.op('ReduceSum', [perPlace, writer.integers([1])], { keepdims: 0 });
  return reshaped(writer, sums, [channels]);
}

/** Always in order, as the reference has it: what `sorted` 0 would give is left open. */
export const topK: Lowering = (context) => {
  const { node, writer, outputTypes } = context;
  const { axis = -1, largest = 1 } = node.attributes as { readonly axis?: number; readonly largest?: number };
  const shape = outputShape(context);
  const count = writer.integers([shape.at(axis)!]);
  return writer.many('TopK', [input(context, 0), count], { axis, largest }, 2).slice(0, outputTypes.length);
};

/** The first maximum along the reduced axes, laid out as the last one: ArgMax tells it, OneHot marks it. */
export const reduceMaxGrad: Lowering = single((context) => {
  const { node, writer } = context;
  const shape = outputShape(context);
  const given = node.attributes.axes as readonly number[] | undefined;
  const all = shape.map((_, axis) => axis);
  const reduced =
    given === undefined || given.length === 0
      ? all
      : given.map((axis) => (axis + shape.length) % shape.length);
  const kept = all.filter((axis) => !reduced.includes(axis));
  const perm = [...kept, ...reduced.toSorted((a, b) => a - b)];
  const [outer, inner] = [kept, reduced].map((axes) => elementCount(axes.map((axis) => shape[axis]!))) as [
    number,
    number,
  ];
  const inOrder = perm.every((axis, index) => axis === index);

  const laid = inOrder ? input(context, 1) : writer.op('Transpose', [input(context, 1)], { perm });
  const winner = writer.op('ArgMax', [reshaped(writer, laid, [outer, inner])], { axis: 1, keepdims: 0 });
  const marks = writer.op('OneHot', [winner, writer.integers([inner]), offOn(writer)], { axis: 1 });
  const spread = writer.op('Mul', [marks, reshaped(writer, input(context, 0), [outer, 1])]);
  const permuted = reshaped(
    writer,
    spread,
    perm.map((axis) => shape[axis]!),
  );
  return inOrder
    ? permuted
    : writer.op('Transpose', [permuted], { perm: all.map((axis) => perm.indexOf(axis)) });
});
