import type { Dim, Shape } from '@descent/autodiff';
import { bind } from '@descent/autodiff';
import { type Tensor, tensor } from '@descent/tensors';
import { known, probes, type Value } from './value.ts';

/** A number that is the same for every batch size, or a multiple of it; undefined where it is neither. */
export function dimOfProbes(values: readonly number[]): Dim | undefined {
  const [first] = values;
  if (first === undefined || values.every((value) => value === first)) return first;
  const factor = first / probes[0];
  if (!Number.isInteger(factor) || values.some((value, index) => value !== factor * probes[index]!))
    return undefined;
  return factor === 1 ? 'batch' : `${factor}*batch`;
}

/** A vector of integers as a shape in the batch size; entries may be 0 or −1. */
export function shapeOfProbes(tensors: readonly Tensor[]): Shape | undefined {
  const [first] = tensors;
  if (first === undefined || tensors.some(({ data }) => data.length !== first.data.length)) return undefined;
  const dims = Array.from({ length: first.data.length }, (_, index) =>
    dimOfProbes(tensors.map(({ data }) => Number(data[index]))),
  );
  return dims.includes(undefined) ? undefined : (dims as Shape);
}

/** A shape as an int64 vector: one tensor, or one per probe where the batch is in it. */
export function vectorOfShape(shape: Shape): Value {
  const vector = (dims: readonly number[]) =>
    tensor('int64', [dims.length], BigInt64Array.from(dims, BigInt));
  if (shape.every((dim) => typeof dim === 'number')) return known(vector(shape));
  return { kind: 'known', tensors: probes.map((batch) => vector(bind(shape, batch))) };
}
