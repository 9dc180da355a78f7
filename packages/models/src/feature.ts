import type { GraphBuilder, ValueName } from '@descent/autodiff';

/**
 * What one layer hands to the next: a float32 value [batch, ...], with the shape of one sample as the user reads it.
 *
 * Images are channels-last in a spec, as in Keras, and ONNX's Conv is channels-first. Between layers that work on
 * images the value stays `channelsFirst`; it is transposed only where somebody else reads it.
 */
export interface Feature {
  readonly value: ValueName;
  /** [height, width, channels] for an image, whatever the order of the value's axes. */
  readonly shape: readonly number[];
  readonly order: 'asWritten' | 'channelsFirst';
}

export function asWritten(value: ValueName, shape: readonly number[]): Feature {
  return { value, shape, order: 'asWritten' };
}

export function toChannelsFirst(graph: GraphBuilder, feature: Feature): Feature {
  if (feature.order === 'channelsFirst') return feature;
  const [height, width, channels] = feature.shape as readonly [number, number, number];
  const value = movesNothing(feature.shape)
    ? graph.add('Reshape', [feature.value, graph.integers([0, channels, height, width])])
    : graph.add('Transpose', [feature.value], { perm: [0, 3, 1, 2] });
  return { ...feature, value, order: 'channelsFirst' };
}

export function toAsWritten(graph: GraphBuilder, feature: Feature): Feature {
  if (feature.order === 'asWritten') return feature;
  const value = movesNothing(feature.shape)
    ? graph.add('Reshape', [feature.value, graph.integers([0, ...feature.shape])])
    : graph.add('Transpose', [feature.value], { perm: [0, 2, 3, 1] });
  return { ...feature, value, order: 'asWritten' };
}

/** The axis of the value that holds axis `axis` of the sample. */
export function valueAxis(feature: Feature, axis: number): number {
  return feature.order === 'channelsFirst' ? ([2, 3, 1][axis] as number) : axis + 1;
}

/** With one channel or one pixel both orders are the same sequence of elements, and a reshape is free. */
function movesNothing(shape: readonly number[]): boolean {
  const [height, width, channels] = shape as readonly [number, number, number];
  return channels === 1 || height * width === 1;
}
