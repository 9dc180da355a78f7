import { elementCount } from '@descent/tensors';
import { input, inputShape, type Lowering, outputShape, reshaped, single } from '../lowering.ts';
import type { ModelWriter, OnnxValue } from '../model-writer.ts';
import { plain } from './plain.ts';
import { paddedWindow, reach, resolvedWindow, transposedAttributes, type Window } from './windows.ts';

/** onnxruntime refuses SAME padding with dilations, so the pads are written out. */
export const conv: Lowering = (context) => {
  const { node } = context;
  if (node.attributes.auto_pad === undefined || node.attributes.dilations === undefined)
    return plain(context);
  const { auto_pad: _, ...attributes } = node.attributes;
  const { pads } = paddedWindow(context, inputShape(context, 1).slice(2));
  return plain({ ...context, node: { ...node, attributes: { ...attributes, pads } } });
};

export const convInputGrad: Lowering = single((context) => {
  const attributes = transposedAttributes(
    resolvedWindow(context),
    outputShape(context).slice(2),
    inputShape(context, 0).slice(2),
  );
  const group = (context.node.attributes.group as number | undefined) ?? 1;
  return context.writer.op('ConvTranspose', [input(context, 0), input(context, 1)], { ...attributes, group });
});

/** From so many channels on, a product per kernel element beats laying the slices side by side for one product. */
const channelsPerOwnProduct = 16;

/**
 * dW = Σ over samples of dY · im2col(X)ᵀ. The columns are slices of X, one per kernel element. Measured against `Conv`
 * with batch and channels swapped and against `Gather`: docs/performance.md.
 */
export const convWeightGrad: Lowering = single((context) => {
  const { writer } = context;
  const [samples, channels] = inputShape(context, 0) as [number, number];
  const [filters, ...places] = inputShape(context, 1).slice(1) as [number, ...number[]];
  const window = resolvedWindow(context);
  const group = (context.node.attributes.group as number | undefined) ?? 1;
  const [depth, elements] = [channels / group, elementCount(window.kernel)];

  const dy = reshaped(writer, input(context, 1), [samples, group, filters / group, elementCount(places)]);
  const columns = kernelSlices(writer, input(context, 0), inputShape(context, 0), window, places).map(
    (slice) => reshaped(writer, slice, [samples, group, depth, elementCount(places)]),
  );
  const summedProduct = (matrix: OnnxValue) => {
    const perSample = writer.fused('FusedMatMul', [dy, matrix], { transB: 1 });
    return writer.op('ReduceSum', [perSample, writer.integers([0])], { keepdims: 0 });
  };
  if (elements === 1) return reshaped(writer, summedProduct(columns[0]!), outputShape(context));
  if (depth >= channelsPerOwnProduct) {
    const parts = columns.map((matrix) => reshaped(writer, summedProduct(matrix), [filters, depth, 1]));
    return reshaped(writer, writer.op('Concat', parts, { axis: 2 }), outputShape(context));
  }
  const summed = summedProduct(writer.op('Concat', columns, { axis: 2 }));
  // [filters, kernel, depth] → [filters, depth, kernel]
  const ordered =
    depth === 1
      ? summed
      : writer.op('Transpose', [reshaped(writer, summed, [filters, elements, depth])], { perm: [0, 2, 1] });
  return reshaped(writer, ordered, outputShape(context));
});

/** For each kernel element, the elements of X that it meets, [n, channels, ...places]. */
function kernelSlices(
  writer: ModelWriter,
  x: OnnxValue,
  shape: readonly number[],
  window: Window,
  places: readonly number[],
): readonly OnnxValue[] {
  const padded = window.pads.every((pad) => pad === 0)
    ? x
    : writer.op('Pad', [
        x,
        writer.integers([
          0,
          0,
          ...window.pads.slice(0, places.length),
          0,
          0,
          ...window.pads.slice(places.length),
        ]),
      ]);
  const axes = places.map((_, axis) => axis + 2);
  return kernelElements(window.kernel).map((element) => {
    const starts = element.map((at, axis) => at * window.dilations[axis]!);
    const ends = starts.map((start, axis) => start + (places[axis]! - 1) * window.strides[axis]! + 1);
    const whole = axes.every(
      (axis, index) =>
        shape[axis]! === places[index]! && reach(window, index) === 1 && window.strides[index] === 1,
    );
    if (whole && padded === x) return x;
    return writer.op('Slice', [
      padded,
      ...[starts, ends, axes, window.strides].map((list) => writer.integers(list)),
    ]);
  });
}

/** Positions in a kernel, row-major. */
function kernelElements(kernel: readonly number[]): readonly (readonly number[])[] {
  return kernel.reduce<readonly (readonly number[])[]>(
    (positions, size) =>
      positions.flatMap((position) => Array.from({ length: size }, (_, at) => [...position, at])),
    [[]],
  );
}
