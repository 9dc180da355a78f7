import { elementCountOf, type GraphBuilder, type ValueName } from '@descent/autodiff';
import { tensor } from '@descent/tensors';

/** Σ over samples of the mean over a sample's elements, each times its weight: one float32 number. */
export function meanPerSample(graph: GraphBuilder, value: ValueName, weights?: ValueName): ValueName {
  const { coefficient: elements } = elementCountOf(graph.type(value).shape);
  const sum = weights === undefined ? sumOf(graph, value) : weighted(graph, perSample(graph, value), weights);
  return elements === 1 ? sum : graph.add('Mul', [sum, graph.scalar(1 / elements)]);
}

/**
 * Σ over samples of the mean over those elements of a sample where `counted` is 1; 0 for a sample without one. A mean
 * over the elements of the whole micro-batch would not add up over micro-batches.
 */
export function meanOverCounted(
  graph: GraphBuilder,
  value: ValueName,
  counted: ValueName | undefined,
  weights?: ValueName,
): ValueName {
  if (counted === undefined) return meanPerSample(graph, value, weights);
  const { coefficient: elements } = elementCountOf(graph.type(value).shape);
  const kept = graph.add('Mul', [value, counted]);
  if (elements === 1) return meanPerSample(graph, kept, weights);
  const count = graph.add('Max', [perSample(graph, counted), graph.scalar(1)]);
  return weighted(graph, graph.add('Div', [perSample(graph, kept), count]), weights);
}

/** Σ over a sample's elements: [batch] */
function perSample(graph: GraphBuilder, value: ValueName): ValueName {
  const { coefficient: elements } = elementCountOf(graph.type(value).shape);
  if (elements === 1) return graph.add('Reshape', [value, graph.integers([-1])]);
  const flat = graph.add('Reshape', [value, graph.integers([-1, elements])]);
  return graph.add('ReduceSum', [flat, graph.integers([1])], { keepdims: 0 });
}

/** Σ over samples of values [batch], each times its weight. */
function weighted(graph: GraphBuilder, values: ValueName, weights: ValueName | undefined): ValueName {
  return sumOf(graph, weights === undefined ? values : graph.add('Mul', [values, weights]));
}

/** Of all elements: one number. */
export function sumOf(graph: GraphBuilder, value: ValueName): ValueName {
  return graph.add('ReduceSum', [value], { keepdims: 0 });
}

/** Along the last axis, which is dropped. */
export function sumOfLast(graph: GraphBuilder, value: ValueName): ValueName {
  return graph.add('ReduceSum', [value, lastAxis(graph, value)], { keepdims: 0 });
}

/** ONNX's axes may be negative, but a positive one reads the same everywhere. */
export function lastAxis(graph: GraphBuilder, value: ValueName): ValueName {
  return graph.integers([graph.type(value).shape.length - 1]);
}

/** A layer of one unit gives [1], a column of numbers is []: the labels of such a prediction are plain numbers. */
export function squeezeScalars(shape: readonly number[]): readonly number[] {
  return shape.length === 1 && shape[0] === 1 ? [] : shape;
}

export function int32Scalar(graph: GraphBuilder, value: number): ValueName {
  return graph.constant(tensor('int32', [], Int32Array.of(value)));
}

export function floatVector(graph: GraphBuilder, values: readonly number[]): ValueName {
  return graph.constant(tensor('float32', [values.length], Float32Array.from(values)));
}

/** float32: 1 where the condition holds, else 0. */
export function indicator(graph: GraphBuilder, condition: ValueName): ValueName {
  return graph.add('Cast', [condition], { to: 'float32' });
}
