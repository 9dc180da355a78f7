import type { ValueName } from '@descent/autodiff';
import { elementCount } from '@descent/tensors';
import { inputShape, type LoweringContext, reshaped } from '../lowering.ts';
import type { ModelWriter, OnnxValue } from '../model-writer.ts';
import { blocked, fitsBlocks, unblocked } from './channel-blocks.ts';
import { resolvedWindow, tiles } from './windows.ts';

/**
 * Note: pieces. Where the windows of a pooling tile a value on channel blocks, the pooling and its gradient work on pieces of
 * it: piece (r, c) holds element (r, c) of every window. The maximum is then an element-wise operation, and the gradient
 * of a piece needs no place in the whole. As with channel blocks, a value in pieces leaves its lowering laid together,
 * and the next lowering that works on pieces takes what lies before that; layings that nobody reads are dropped.
 */
export interface Pieces {
  /** Rows and columns of a window. */
  readonly tile: readonly [number, number];
  /** Row-major, each in blocks and of shape [n, channels, height ÷ rows, width ÷ columns]. */
  readonly values: readonly OnnxValue[];
  /** A value of a piece's layout and shape whose sum per channel is that of all pieces. */
  readonly total?: OnnxValue;
}

const known = new WeakMap<ModelWriter, Map<OnnxValue, Pieces>>();

/** The plain layout of a value of that shape in pieces. */
export function laidTogether(
  context: LoweringContext,
  pieces: Pieces,
  shape: readonly [number, number, number, number],
): OnnxValue {
  const { writer, channelBlock } = context;
  const [samples, channels, height, width] = shape;
  const [rows, columns] = pieces.tile;
  const lines = (samples * channels * height) / channelBlock! / rows;
  const line = [lines, 1, width / columns, 1, channelBlock!];
  const laid = Array.from({ length: rows }, (_, row) =>
    writer.op(
      'Concat',
      pieces.values.slice(row * columns, (row + 1) * columns).map((value) => reshaped(writer, value, line)),
      { axis: 3 },
    ),
  );
  const whole = reshaped(writer, writer.op('Concat', laid, { axis: 1 }), shape);
  const values = known.get(writer) ?? new Map<OnnxValue, Pieces>();
  known.set(writer, values.set(whole, pieces));
  return unblocked(writer, whole, channels);
}

/** An input on channel blocks in pieces of that size: as it was computed, or cut out of the whole. */
export function piecesOf(context: LoweringContext, index: number, tile: readonly [number, number]): Pieces {
  const made = piecesBehind(context, index);
  if (made?.tile.join() === tile.join()) return made;
  const { writer, channelBlock } = context;
  const [samples, channels, height, width] = inputShape(context, index) as [number, number, number, number];
  const [rows, columns] = tile;
  const [places, lines] = [width / columns, (samples * channels * height) / channelBlock! / rows];
  const whole = reshaped(writer, blocked(context, index), [lines, rows, places, columns, channelBlock!]);
  const axes = writer.integers([1, 3]);
  const values = Array.from({ length: rows * columns }, (_, piece) => {
    const [row, column] = [Math.floor(piece / columns), piece % columns];
    const [from, to] = [writer.integers([row, column]), writer.integers([row + 1, column + 1])];
    return reshaped(writer, writer.op('Slice', [whole, from, to, axes]), [
      samples,
      channels,
      height / rows,
      places,
    ]);
  });
  return { tile, values };
}

/** The pieces that an input was computed in. */
export function piecesBehind(context: LoweringContext, index: number): Pieces | undefined {
  const made = context.writer.production(context.inputs[index] ?? '');
  return made?.opType === 'ReorderOutput' ? known.get(context.writer)?.get(made.inputs[0]!) : undefined;
}

/** More pieces than these are not worth an operation each. */
const mostPieces = 4;

/**
 * Rows and columns of the windows in which all that reads a node's output, or the Relu behind it, works: a pooling whose
 * windows tile it, and the gradient of that.
 */
export function tileOfReaders(
  context: LoweringContext,
  shape: readonly number[],
): readonly [number, number] | undefined {
  const { node, readers } = context;
  if (!fitsBlocks(context, shape)) return undefined;
  const [output] = node.outputs as [ValueName];
  const value = context.feedsOnly('Relu') ? readers(output)[0]!.outputs[0]! : output;
  const pools = readers(value);
  const works = pools.every(
    ({ op, inputs, outputs, attributes }) =>
      (op === 'MaxPool' ? outputs.length === 1 : op === 'MaxPoolGrad' && inputs[0] !== value) &&
      attributes.auto_pad === undefined &&
      String(attributes.kernel_shape) === String(pools[0]!.attributes.kernel_shape),
  );
  if (!works || pools.length < 2) return undefined;
  const windows = pools.map((pool) => resolvedWindow({ node: pool }));
  const tile = windows[0]!.kernel as readonly [number, number];
  return windows.every((window) => tiles(window, shape.slice(2))) && elementCount(tile) <= mostPieces
    ? tile
    : undefined;
}
