import { elementCount, tensor } from '@descent/tensors';
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
import { plain } from './plain.ts';
import {
  isDisjoint,
  reach,
  resolvedWindow,
  transposedAttributes,
  type Window,
  windowAttributes,
} from './windows.ts';

/**
 * Where the gradient will need to know which element won, the forward pooling notes it: MaxPool's indices (flat, first
 * maximum). That makes pooling about three times slower, and is still cheaper than any way to find the winners again.
 */
export const maxPool: Lowering = (context) => {
  if (!context.feeds('MaxPoolGrad') || context.node.attributes.auto_pad !== undefined) return plain(context);
  return [poolWithIndices(context, input(context, 0)).pooled];
};

export const maxPoolGrad: Lowering = single((context) => {
  const { writer } = context;
  const [dy, shape] = [input(context, 0), outputShape(context)];
  const { indices } = poolWithIndices(context, input(context, 1));
  const window = resolvedWindow(context);
  if (isDisjoint(window)) {
    return writer.op('MaxUnpool', [dy, indices, writer.integers(shape)], {
      kernel_shape: window.kernel,
      strides: window.strides,
    });
  }
  const places = elementCount(inputShape(context, 0));
  const added = writer.op(
    'ScatterElements',
    [
      writer.filled(0, [elementCount(shape)]),
      reshaped(writer, indices, [places]),
      reshaped(writer, dy, [places]),
    ],
    { axis: 0, reduction: 'add' },
  );
  return reshaped(writer, added, shape);
});

function poolWithIndices(context: LoweringContext, x: OnnxValue): { pooled: OnnxValue; indices: OnnxValue } {
  const attributes = windowAttributes(resolvedWindow(context));
  const [pooled, indices] = context.writer.many('MaxPool', [x], attributes, 2);
  return { pooled: pooled!, indices: indices! };
}

/** The adjoint of a mean over windows: a grouped ConvTranspose with a kernel of ones, each dY divided by its count first. */
export const averagePoolGrad: Lowering = single((context) => {
  const { writer } = context;
  const window = resolvedWindow(context);
  const [spatial, places] = [outputShape(context).slice(2), inputShape(context, 0).slice(2)];
  const channels = outputShape(context)[1]!;
  const counted = (context.node.attributes.count_include_pad ?? 0) !== 0;
  const shares = counted
    ? writer.filled(1 / elementCount(window.kernel))
    : writer.constant(tensor('float32', [1, 1, ...places], windowShares(window, spatial, places)));
  const shared = writer.op('Mul', [input(context, 0), shares]);
  const ones = writer.filled(1, [channels, 1, ...window.kernel]);
  return writer.op('ConvTranspose', [shared, ones], {
    ...transposedAttributes(window, spatial, places),
    group: channels,
  });
});

/** 1 ÷ the number of elements of each window that lie inside the input. */
function windowShares(window: Window, spatial: readonly number[], places: readonly number[]): Float32Array {
  const perAxis = places.map((count, axis) =>
    Array.from({ length: count }, (_, place) => {
      const start = place * window.strides[axis]! - window.pads[axis]!;
      const end = start + reach(window, axis);
      return Math.min(end, spatial[axis]!) - Math.max(start, 0);
    }),
  );
  const counts = perAxis.reduce<readonly number[]>(
    (products, sizes) => products.flatMap((product) => sizes.map((size) => product * size)),
    [1],
  );
  return Float32Array.from(counts, (count) => 1 / count);
}
