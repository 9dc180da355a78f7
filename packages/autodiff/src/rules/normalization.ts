import { elementCount } from '@descent/tensors';
import { type Dim, renderShape, type Shape } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { ShapeContext } from '../operation.ts';
import { mismatch } from './refuse.ts';

export interface Moments {
  readonly mean: number;
  /** Of the population: the sum of squared deviations divided by the count. */
  readonly variance: number;
}

export function momentsOver(values: Float64Array, offsets: readonly number[]): Moments {
  const mean = offsets.reduce((sum, offset) => sum + values[offset]!, 0) / offsets.length;
  const variance = offsets.reduce((sum, offset) => sum + (values[offset]! - mean) ** 2, 0) / offsets.length;
  return { mean, variance };
}

/** Per channel of [n, channels, ...] in row-major order, the offsets of its elements. */
export function channelOffsets(shape: readonly number[]): readonly (readonly number[])[] {
  const [samples, channels] = [shape[0]!, shape[1]!];
  const plane = elementCount(shape.slice(2));
  return Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: samples * plane }, (__, index) => {
      const sample = Math.floor(index / plane);
      return (sample * channels + channel) * plane + (index % plane);
    }),
  );
}

/** Offsets 0 … count − 1 cut into runs of `size`. */
export function runs(count: number, size: number): readonly (readonly number[])[] {
  return Array.from({ length: count / size }, (_, run) =>
    Array.from({ length: size }, (__, index) => run * size + index),
  );
}

/**
 * Gradient by the values at `offsets` before they were standardised, from the gradient `upstream` by the standardised
 * values: (g − mean g − x̂ · mean(g · x̂)) ÷ σ.
 */
export function standardizedGradient(
  values: Float64Array,
  offsets: readonly number[],
  epsilon: number,
  upstream: (offset: number) => number,
): (offset: number) => number {
  const { mean, variance } = momentsOver(values, offsets);
  const inverse = 1 / Math.sqrt(variance + epsilon);
  const standard = (offset: number) => (values[offset]! - mean) * inverse;
  const average = (each: (offset: number) => number) =>
    offsets.reduce((sum, offset) => sum + each(offset), 0) / offsets.length;
  const [first, second] = [average(upstream), average((offset) => upstream(offset) * standard(offset))];
  return (offset) => inverse * (upstream(offset) - first - standard(offset) * second);
}

/** The sizes of the axes that are normalised over, which must be known. */
export function fixedOrRefuse(context: ShapeContext, shape: Shape, what: string): readonly number[] {
  if (shape.every((dim): dim is number => typeof dim === 'number')) return shape;
  throw mismatch(context, `${what} ${renderShape(shape)} must not hold the batch`);
}

/** Refuses an input that is not one number per channel. */
export function perChannelOrRefuse(context: ShapeContext, input: number, name: string, channels: Dim): void {
  const shape = context.inputs[input]?.shape;
  if (shape === undefined || (shape.length === 1 && shape[0] === channels)) return;
  throw mismatch(context, `${name} is ${renderShape(shape)}, but there are ${channels} channels`);
}

/** A vector with one number per channel, in a shape that broadcasts to [n, channels, ...] of that rank. */
export function alongChannels(graph: GraphBuilder, value: ValueName, rank: number): ValueName {
  if (rank <= 2) return value;
  return graph.add('Reshape', [value, graph.integers([-1, ...new Array<number>(rank - 2).fill(1)])]);
}

/** All axes of [n, channels, ...] but that of the channels. */
export function otherThanChannels(rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
}

/** (x + ε)^−½ */
export function inverseRoot(graph: GraphBuilder, value: ValueName, epsilon: number): ValueName {
  const root = graph.add('Sqrt', [graph.add('Add', [value, graph.scalar(epsilon)])]);
  return graph.add('Div', [graph.scalar(1), root]);
}
