import { elementCountOf, type GraphBuilder, type ValueName } from '@descent/autodiff';

/** Σ over samples of the mean over a sample's elements: one float32 number. */
export function meanPerSample(graph: GraphBuilder, value: ValueName): ValueName {
  const { coefficient: elements } = elementCountOf(graph.type(value).shape);
  const sum = graph.add('ReduceSum', [value], { keepdims: 0 });
  return elements === 1 ? sum : graph.add('Mul', [sum, graph.scalar(1 / elements)]);
}

/** A layer of one unit gives [1], a column of numbers is []: the labels of such a prediction are plain numbers. */
export function squeezeScalars(shape: readonly number[]): readonly number[] {
  return shape.length === 1 && shape[0] === 1 ? [] : shape;
}
