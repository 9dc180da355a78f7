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
import type { ModelWriter, OnnxValue } from '../model-writer.ts';
import {
  blocked,
  blockedKernel,
  blockedOp,
  channelsLast,
  fitsBlocks,
  isBlocked,
  unblocked,
} from './channel-blocks.ts';
import { laidTogether, piecesBehind, tileOfReaders } from './pieces.ts';
import { plain } from './plain.ts';
import {
  paddedWindow,
  reach,
  resolvedWindow,
  transposedAttributes,
  type Window,
  windowAttributes,
} from './windows.ts';

/** onnxruntime refuses SAME padding with dilations, so the pads are written out. */
export const conv: Lowering = (context) => {
  const { node } = context;
  const blocks = inBlocks(context);
  if (blocks !== undefined) return [blocks];
  if (node.attributes.auto_pad === undefined || node.attributes.dilations === undefined)
    return plain(context);
  const { auto_pad: _, ...attributes } = node.attributes;
  const { pads } = paddedWindow(context, inputShape(context, 1).slice(2));
  return plain({ ...context, node: { ...node, attributes: { ...attributes, pads } } });
};

/** The convolution on channel blocks, with the Relu behind it, where that pays. */
function inBlocks(context: LoweringContext): OnnxValue | undefined {
  const { writer, channelBlock } = context;
  const kernel = inputShape(context, 1);
  const [filters, channels] = kernel as [number, number];
  const few = channelBlock !== undefined && channels < channelBlock;
  if (!hasBlocks(context, outputShape(context)) || !(few || fitsBlocks(context, inputShape(context, 0))))
    return undefined;
  if (!few && !paysForReordering(kernel) && !isBlocked(context, 0)) return undefined;
  const bias = input(context, 2);
  const convolution = (x: OnnxValue, window: Window): OnnxValue =>
    blockedOp(
      writer,
      'Conv',
      [x, blockedKernel(context, input(context, 1), kernel), ...(bias === '' ? [] : [bias])],
      {
        ...windowAttributes(window),
        ...(context.feedsOnly('Relu') ? { activation: 'Relu' } : {}),
      },
    );
  const window = paddedWindow(context, kernel.slice(2));
  const tile = few ? tileOfReaders(context, outputShape(context)) : undefined;
  if (tile === undefined)
    return unblocked(writer, convolution(few ? input(context, 0) : blocked(context, 0), window), filters);
  const shape = outputShape(context) as readonly [number, number, number, number];
  const values = inputsOfPieces(writer, input(context, 0), window, shape, tile).map((x) =>
    convolution(x, {
      ...window,
      pads: [0, 0, 0, 0],
      strides: window.strides.map((by, axis) => by * tile[axis]!),
    }),
  );
  return laidTogether(context, { tile, values }, shape);
}

/** What each piece of a convolution of that output shape reads, with a stride as much longer as the tile is large. */
function inputsOfPieces(
  writer: ModelWriter,
  x: OnnxValue,
  window: Window,
  shape: readonly [number, number, number, number],
  tile: readonly [number, number],
): readonly OnnxValue[] {
  const padded = padPlaces(writer, x, window.pads, 2);
  return kernelElements(tile).map((piece) => {
    const starts = piece.map((at, axis) => at * window.strides[axis]!);
    const stops = starts.map(
      (start, axis) => start + (shape[axis + 2]! - tile[axis]!) * window.strides[axis]! + reach(window, axis),
    );
    return writer.op('Slice', [padded, ...[starts, stops, [2, 3]].map((list) => writer.integers(list))]);
  });
}

/** A kernel of one element has no columns to do without: its convolution is a product already. */
const paysForReordering = (kernel: readonly number[]): boolean => elementCount(kernel.slice(2)) > 1;

function hasBlocks(
  context: LoweringContext,
  shape: readonly number[],
): context is LoweringContext & { readonly channelBlock: number } {
  return fitsBlocks(context, shape) && ((context.node.attributes.group as number | undefined) ?? 1) === 1;
}

/** With stride 1 a convolution of dY with the kernel turned around; else, or without channel blocks, ConvTranspose. */
export const convInputGrad: Lowering = single((context) => {
  const window = resolvedWindow(context);
  const turned = turnedWindow(context, window);
  if (
    turned !== undefined &&
    hasBlocks(context, outputShape(context)) &&
    fitsBlocks(context, inputShape(context, 0))
  )
    if (paysForReordering(inputShape(context, 1)) || isBlocked(context, 0))
      return turnedConvolution(context, turned);
  const attributes = transposedAttributes(
    window,
    outputShape(context).slice(2),
    inputShape(context, 0).slice(2),
  );
  const group = (context.node.attributes.group as number | undefined) ?? 1;
  return context.writer.op('ConvTranspose', [input(context, 0), input(context, 1)], { ...attributes, group });
});

/** The window over dY that gives dX; undefined for strides and for pads beyond the kernel. */
function turnedWindow(context: LoweringContext, window: Window): Window | undefined {
  const [spatial, places] = [outputShape(context).slice(2), inputShape(context, 0).slice(2)];
  const begins = spatial.map((_, axis) => reach(window, axis) - 1 - window.pads[axis]!);
  const ends = spatial.map((size, axis) => size - places[axis]! + reach(window, axis) - 1 - begins[axis]!);
  const pads = [...begins, ...ends];
  if (window.strides.some((stride) => stride !== 1) || pads.some((pad) => pad < 0)) return undefined;
  return { ...window, pads };
}

function turnedConvolution(
  context: LoweringContext & { readonly channelBlock: number },
  window: Window,
): OnnxValue {
  const { writer } = context;
  const [filters, channels, ...kernel] = inputShape(context, 1) as [number, number, ...number[]];
  const last = kernel.map(() => -1);
  const whole = kernel.map((size) => -size - 1);
  const axes = kernel.map((_, axis) => axis + 2);
  const turned = paysForReordering(inputShape(context, 1))
    ? writer.op('Slice', [
        input(context, 1),
        ...[last, whole, axes, last].map((list) => writer.integers(list)),
      ])
    : input(context, 1);
  const swapped = writer.op('Transpose', [turned], { perm: [1, 0, 2, 3] });
  const dx = blockedOp(
    writer,
    'Conv',
    [blocked(context, 0), blockedKernel(context, swapped, [channels, filters, ...kernel])],
    windowAttributes(window),
  );
  return unblocked(writer, dx, channels);
}

/** From so many channels on, a product per kernel element beats laying the slices side by side for one product. */
const channelsPerOwnProduct = 16;

/**
 * dW = Σ over samples of dY · im2col(X)ᵀ. The columns are slices of X, one per kernel element. Measured against `Conv`
 * with batch and channels swapped and against `Gather`: docs/performance.md.
 */
export const convWeightGrad: Lowering = single((context) => {
  const { writer } = context;
  const [samples, channels, ...spatial] = inputShape(context, 0) as [number, number, ...number[]];
  const [filters, ...places] = inputShape(context, 1).slice(1) as [number, ...number[]];
  const window = resolvedWindow(context);
  const group = (context.node.attributes.group as number | undefined) ?? 1;
  const [depth, elements] = [channels / group, elementCount(window.kernel)];
  if (depth >= channelsPerOwnProduct && group === 1) return overAllPlaces(context, window);

  if (hasBlocks(context, inputShape(context, 1)) && isBlocked(context, 1)) return onBlocks(context, window);
  const dy = reshaped(writer, input(context, 1), [samples, group, filters / group, elementCount(places)]);
  const columns = kernelSlices(writer, input(context, 0), spatial, window, { places, first: 2 }).map(
    (slice) => reshaped(writer, slice, [samples, group, depth, elementCount(places)]),
  );
  const matrix = elements === 1 ? columns[0]! : writer.op('Concat', columns, { axis: 2 });
  const perSample = writer.fused('FusedMatMul', [dy, matrix], { transB: 1 });
  const summed = writer.op('ReduceSum', [perSample, writer.integers([0])], { keepdims: 0 });
  // [filters, kernel, depth] → [filters, depth, kernel]
  const ordered =
    depth === 1 || elements === 1
      ? summed
      : writer.op('Transpose', [reshaped(writer, summed, [filters, elements, depth])], { perm: [0, 2, 1] });
  return reshaped(writer, ordered, outputShape(context));
});

/**
 * Columns of few channels times dY as it lies in blocks, [n, filters ÷ b, places, b], a piece after the other where it is in
 * pieces; then the sums over them and over samples.
 */
function onBlocks(context: LoweringContext & { readonly channelBlock: number }, window: Window): OnnxValue {
  const { writer, channelBlock: block } = context;
  const [samples, channels, ...spatial] = inputShape(context, 0) as [number, number, ...number[]];
  const [filters, ...whole] = inputShape(context, 1).slice(1) as [number, ...number[]];
  const pieces = piecesBehind(context, 1) ?? { tile: [1, 1], values: [blocked(context, 1)] };
  const places = whole.map((size, axis) => size / pieces.tile[axis]!);
  const strides = window.strides.map((by, axis) => by * pieces.tile[axis]!);
  const elements = elementCount(window.kernel);
  const products = kernelElements(pieces.tile).map((piece, index) => {
    const offset = piece.map((at, axis) => at * window.strides[axis]!);
    const columns = kernelSlices(
      writer,
      input(context, 0),
      spatial,
      { ...window, strides },
      { places, first: 2, offset },
    ).map((slice) => reshaped(writer, slice, [samples, 1, channels, elementCount(places)]));
    const dy = reshaped(writer, pieces.values[index]!, [
      samples,
      filters / block,
      elementCount(places),
      block,
    ]);
    return writer.op('MatMul', [
      elements === 1 ? columns[0]! : writer.op('Concat', columns, { axis: 2 }),
      dy,
    ]);
  });
  const all = products.length === 1 ? products[0]! : writer.op('Sum', products);
  const summed = writer.op('ReduceSum', [all, writer.integers([0])], { keepdims: 0 });
  // [filters ÷ b, kernel, channels, b] → [filters ÷ b, b, channels, kernel]
  const apart = reshaped(writer, summed, [filters / block, elements, channels, block]);
  return reshaped(writer, writer.op('Transpose', [apart], { perm: [0, 3, 2, 1] }), outputShape(context));
}

/** dY as [filters, n · places] and X with its channels last: per kernel element one long product, nothing left to sum. */
function overAllPlaces(context: LoweringContext, window: Window): OnnxValue {
  const { writer } = context;
  const [samples, channels, ...spatial] = inputShape(context, 0) as [number, number, ...number[]];
  const [filters, ...places] = inputShape(context, 1).slice(1) as [number, ...number[]];
  const columns = samples * elementCount(places);
  const apart = reshaped(writer, input(context, 1), [samples, filters, elementCount(places)]);
  const dy = reshaped(writer, writer.op('Transpose', [apart], { perm: [1, 0, 2] }), [filters, columns]);
  const parts = kernelSlices(writer, channelsLast(context, 0), spatial, window, { places, first: 1 }).map(
    (slice) =>
      reshaped(writer, writer.op('Gemm', [dy, reshaped(writer, slice, [columns, channels])]), [
        filters,
        channels,
        1,
      ]),
  );
  return reshaped(writer, writer.op('Concat', parts, { axis: 2 }), outputShape(context));
}

/** Where the elements of X that a kernel element meets lie: `first` is the first of X's spatial axes, `offset` 0 if absent. */
interface Met {
  readonly places: readonly number[];
  readonly first: 1 | 2;
  readonly offset?: readonly number[];
}

/** For each kernel element, the elements of X that it meets. */
function kernelSlices(
  writer: ModelWriter,
  x: OnnxValue,
  spatial: readonly number[],
  window: Window,
  { places, first, offset = places.map(() => 0) }: Met,
): readonly OnnxValue[] {
  const padded = padPlaces(writer, x, window.pads, first);
  const axes = places.map((_, axis) => axis + first);
  const whole = window.strides.every((stride) => stride === 1) && spatial.join() === places.join();
  if (whole && padded === x && elementCount(window.kernel) === 1) return [x];
  return kernelElements(window.kernel).map((element) => {
    const starts = element.map((at, axis) => at * window.dilations[axis]! + offset[axis]!);
    const stops = starts.map((start, axis) => start + (places[axis]! - 1) * window.strides[axis]! + 1);
    return writer.op('Slice', [
      padded,
      ...[starts, stops, axes, window.strides].map((list) => writer.integers(list)),
    ]);
  });
}

/** Zeros around the places of a value; `first` is the first of their axes. */
function padPlaces(writer: ModelWriter, x: OnnxValue, pads: readonly number[], first: 1 | 2): OnnxValue {
  if (pads.every((pad) => pad === 0)) return x;
  const around = (widths: readonly number[]) => [
    ...new Array<number>(first).fill(0),
    ...widths,
    ...new Array<number>(2 - first).fill(0),
  ];
  const middle = pads.length / 2;
  return writer.op('Pad', [
    x,
    writer.integers([...around(pads.slice(0, middle)), ...around(pads.slice(middle))]),
  ]);
}

/** Positions in a kernel, row-major. */
function kernelElements(kernel: readonly number[]): readonly (readonly number[])[] {
  return kernel.reduce<readonly (readonly number[])[]>(
    (positions, size) =>
      positions.flatMap((position) => Array.from({ length: size }, (_, at) => [...position, at])),
    [[]],
  );
}
