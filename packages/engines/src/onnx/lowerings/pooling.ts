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
import { blocked, blockedOp, isBlocked, unblocked } from './channel-blocks.ts';
import { asFactor } from './marks.ts';
import { laidTogether, piecesBehind, piecesOf } from './pieces.ts';
import { plain } from './plain.ts';
import {
  dropsLastWindow,
  isDisjoint,
  paddedWindow,
  resolvedWindow,
  tiles,
  transposedAttributes,
  type Window,
  widened,
  windowAttributes,
} from './windows.ts';

/**
 * Where the gradient will need to know which element won, the forward pooling notes it: MaxPool's indices (flat, first
 * maximum). That makes pooling about three times slower, and is still cheaper than to find the winners again, unless
 * the windows tile a value in channel blocks.
 */
export const maxPool: Lowering = (context) => {
  const { attributes, outputs } = context.node;
  const window = paddedWindow(context);
  const pool = (order?: number) =>
    poolWithIndices(context, { window, x: 0, places: outputShape(context).slice(2) }, order);
  if (outputs.length > 1)
    return [pool().pooled, pool(attributes.storage_order as number | undefined).indices];
  const wanted = context.feeds('MaxPoolGrad');
  const inTiles = tiles(window, inputShape(context, 0).slice(2));
  if (isBlocked(context, 0) && (wanted ? inTiles : attributes.ceil_mode !== 1)) {
    const pieces = piecesBehind(context, 0);
    const pooled =
      inTiles && pieces?.tile.join() === window.kernel.join()
        ? context.writer.op('Max', pieces.values)
        : blockedOp(context.writer, 'MaxPool', [blocked(context, 0)], windowAttributes(window));
    return [unblocked(context.writer, pooled, outputShape(context)[1]!)];
  }
  if (wanted || attributes.ceil_mode === 1) return [pool().pooled];
  return plain(context);
};

export const maxPoolGrad: Lowering = single((context) => {
  const { writer } = context;
  const [dy, shape] = [input(context, 0), outputShape(context)];
  const window = resolvedWindow(context);
  if (isBlocked(context, 1) && tiles(window, shape.slice(2))) return gradientOfTiles(context, window);
  const { indices } = poolWithIndices(context, { window, x: 1, places: inputShape(context, 0).slice(2) });
  if (isDisjoint(window)) {
    return writer.op('MaxUnpool', [dy, indices, writer.integers(shape)], {
      kernel_shape: window.kernel,
      strides: window.strides,
      // Without them onnxruntime takes a padded pooling's input for larger than it is.
      ...(window.pads.some((pad) => pad !== 0) ? { pads: window.pads } : {}),
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

/**
 * dY goes to the piece whose element is the maximum and, in the order of the window, is left over to the next piece where
 * it is not; what is left of it at the end is the gradient of the last. No index is kept, and nothing is scattered.
 */
function gradientOfTiles(context: LoweringContext, { kernel }: Window): OnnxValue {
  const { writer } = context;
  const tile = kernel as readonly [number, number];
  const [total, y] = [blocked(context, 0), blocked(context, 2)];
  let left = total;
  const values = piecesOf(context, 1, tile).values.map((x, piece, { length }) => {
    if (piece === length - 1) return left;
    const won = writer.op('Mul', [left, asFactor(writer, writer.op('Equal', [x, y]))]);
    left = writer.op('Sub', [left, won]);
    return won;
  });
  const shape = inputShape(context, 1) as readonly [number, number, number, number];
  return laidTogether(context, { tile, values, total }, shape);
}

function poolWithIndices(
  context: LoweringContext,
  pool: { readonly window: Window; readonly x: number; readonly places: readonly number[] },
  order = 0,
): { pooled: OnnxValue; indices: OnnxValue } {
  const { window, x, places } = pool;
  const spatial = inputShape(context, x).slice(2);
  const ceil = context.node.attributes.ceil_mode === 1;
  const whole = ceil && dropsLastWindow(window, spatial, places);
  const attributes = {
    ...windowAttributes(whole ? widened(window, spatial, places) : window),
    ...(ceil && !whole ? { ceil_mode: 1 } : {}),
    ...(order === 0 ? {} : { storage_order: order }),
  };
  const [pooled, indices] = context.writer.many('MaxPool', [input(context, x)], attributes, 2);
  return { pooled: pooled!, indices: indices! };
}

/** onnxruntime's kernel knows no dilations in this opset, and three spatial axes at most. */
export const averagePool: Lowering = (context) => {
  const { node, writer } = context;
  const window = paddedWindow(context);
  const [spatial, places] = [inputShape(context, 0).slice(2), outputShape(context).slice(2)];
  const known = window.kernel.length <= 3 && window.dilations.every((step) => step === 1);
  if (known && !(node.attributes.ceil_mode === 1 && dropsLastWindow(window, spatial, places))) {
    const { dilations: _, ...attributes } = node.attributes;
    return plain({ ...context, node: { ...node, attributes } });
  }
  const channels = inputShape(context, 0)[1]!;
  const ones = writer.filled(1, [channels, 1, ...window.kernel]);
  const sums = writer.op('Conv', [input(context, 0), ones], {
    ...windowAttributes(widened(window, spatial, places)),
    group: channels,
  });
  return [writer.op('Mul', [sums, meanShares(context, window, spatial, places)])];
};

/** The adjoint of a mean over windows: a grouped ConvTranspose with a kernel of ones, each dY divided by its count first. */
export const averagePoolGrad: Lowering = single((context) => {
  const { writer } = context;
  const window = resolvedWindow(context);
  const [spatial, places] = [outputShape(context).slice(2), inputShape(context, 0).slice(2)];
  const channels = outputShape(context)[1]!;
  const shared = writer.op('Mul', [input(context, 0), meanShares(context, window, spatial, places)]);
  const ones = writer.filled(1, [channels, 1, ...window.kernel]);
  return writer.op('ConvTranspose', [shared, ones], {
    ...transposedAttributes(window, spatial, places),
    group: channels,
  });
});

/** 1 ÷ the number of elements that each mean counts: one factor where all count the same, else one per place. */
function meanShares(
  { node, writer }: LoweringContext,
  window: Window,
  spatial: readonly number[],
  places: readonly number[],
): OnnxValue {
  const counted = (node.attributes.count_include_pad ?? 0) !== 0;
  const perAxis = places.map((count, axis) => {
    const [before, after] = [window.pads[axis]!, window.pads[axis + places.length]!];
    const [first, end] = counted ? [-before, spatial[axis]! + after] : [0, spatial[axis]!];
    return Array.from({ length: count }, (_, place) => {
      const start = place * window.strides[axis]! - before;
      const elements = Array.from(
        { length: window.kernel[axis]! },
        (__, element) => start + element * window.dilations[axis]!,
      );
      return elements.filter((at) => at >= first && at < end).length;
    });
  });
  const counts = perAxis.reduce<readonly number[]>(
    (products, sizes) => products.flatMap((product) => sizes.map((size) => product * size)),
    [1],
  );
  if (counts.every((count) => count === counts[0])) return writer.filled(1 / counts[0]!);
  return writer.constant(
    tensor(
      'float32',
      [1, 1, ...places],
      Float32Array.from(counts, (count) => 1 / count),
    ),
  );
}
