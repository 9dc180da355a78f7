import type { GraphBuilder, ValueName } from '@descent/autodiff';

/**
 * What one layer hands to the next: a value [batch, ...], with the shape of one sample as the user reads it.
 *
 * Images are channels-last in a spec, as in Keras, and ONNX's Conv is channels-first. Between layers that work on
 * images the value stays `channelsFirst`; it is transposed only where somebody else reads it.
 */
export interface Feature {
  readonly value: ValueName;
  /** Channels last, as in [height, width, channels], whatever the order of the value's axes. */
  readonly shape: readonly number[];
  readonly order: 'asWritten' | 'channelsFirst';
}

export function asWritten(value: ValueName, shape: readonly number[]): Feature {
  return { value, shape, order: 'asWritten' };
}

export function toChannelsFirst(graph: GraphBuilder, feature: Feature): Feature {
  if (feature.order === 'channelsFirst') return feature;
  const spatial = feature.shape.slice(0, -1);
  const last = feature.shape.length;
  const value = movesNothing(feature.shape)
    ? graph.add('Reshape', [feature.value, graph.integers([0, feature.shape.at(-1)!, ...spatial])])
    : graph.add('Transpose', [feature.value], { perm: [0, last, ...spatial.map((_, axis) => axis + 1)] });
  return { ...feature, value, order: 'channelsFirst' };
}

export function toAsWritten(graph: GraphBuilder, feature: Feature): Feature {
  if (feature.order === 'asWritten') return feature;
  const spatial = feature.shape.slice(0, -1);
  const value = movesNothing(feature.shape)
    ? graph.add('Reshape', [feature.value, graph.integers([0, ...feature.shape])])
    : graph.add('Transpose', [feature.value], { perm: [0, ...spatial.map((_, axis) => axis + 2), 1] });
  return { ...feature, value, order: 'asWritten' };
}

/** The axis of the value that holds axis `axis` of the sample. */
export function valueAxis(feature: Feature, axis: number): number {
  if (feature.order === 'asWritten') return axis + 1;
  return axis === feature.shape.length - 1 ? 1 : axis + 2;
}

/** With one channel or one position both orders are the same sequence of elements, and a reshape is free. */
function movesNothing(shape: readonly number[]): boolean {
  const positions = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  return shape.at(-1) === 1 || positions === 1;
}
