import type { LayerContext } from './layer.ts';

/** An axis of the sample counted from 0; negative ones count from the end. */
export function sampleAxis(context: LayerContext, axis: number, shape: readonly number[]): number {
  const rank = shape.length;
  const counted = axis < 0 ? axis + rank : axis;
  if (counted >= 0 && counted < rank) return counted;
  const expected = rank === 0 ? 'at least one axis' : `axes ${-rank} to ${rank - 1}`;
  throw context.mismatch(`axis ${axis} does not exist`, expected, shape);
}
