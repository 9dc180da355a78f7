import type { ValueName } from '@descent/autodiff';
import type { Tensor } from '@descent/tensors';

/**
 * What a value of the ONNX graph is while it is imported.
 *
 * known: its elements are known. One tensor; or, for what depends on the batch size (a shape, say), one tensor for each
 * of the `probes`. Integer arithmetic on shapes is then ordinary evaluation, done once per probe.
 *
 * weight: a float initialiser. It is a parameter once a node computes with it, and known to a node that needs its values
 * (the scales of a Resize).
 *
 * computed: a value of the graph that is being built.
 */
export type Value =
  | { readonly kind: 'known'; readonly tensors: readonly Tensor[] }
  | { readonly kind: 'weight'; readonly name: string; readonly tensor: Tensor }
  | { readonly kind: 'computed'; readonly value: ValueName };

/** Batch sizes at which values that depend on it are evaluated: primes, so that no axis of a model is one by chance. */
export const probes = [8191, 8209, 8219] as const;

export function known(tensor: Tensor): Value {
  return { kind: 'known', tensors: [tensor] };
}

export function computed(value: ValueName): Value {
  return { kind: 'computed', value };
}

/** The elements of a value, whether or not it might have been trained; undefined where they depend on data or batch. */
export function constantOf(value: Value | undefined): Tensor | undefined {
  if (value?.kind === 'weight') return value.tensor;
  return value?.kind === 'known' && value.tensors.length === 1 ? value.tensors[0] : undefined;
}

/**
 * A known tensor of the file, its int64 elements within ±(2⁵³ − 1): files write the largest int64 for "to the end", and a
 * spec is JSON.
 */
export function knownFromFile(tensor: Tensor): Value {
  return known(clampedTensor(tensor));
}

function clampedTensor(tensor: Tensor): Tensor {
  if (!(tensor.data instanceof BigInt64Array)) return tensor;
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  if (tensor.data.every((element) => element <= limit && element >= -limit)) return tensor;
  const data = tensor.data.map((element) => (element > limit ? limit : element < -limit ? -limit : element));
  return { dtype: 'int64', shape: tensor.shape, data };
}
