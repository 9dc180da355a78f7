import { type Feature, valueAxis } from '../feature.ts';
import type { LayerContext } from './layer.ts';

/**
 * Zeros a share `rate` of the elements in training and scales the others.
 *
 * @param shared axes of the sample along which an element is zero everywhere or nowhere
 */
export function dropOut(
  context: LayerContext,
  feature: Feature,
  rate: number,
  shared: readonly number[] = [],
): Feature {
  if (context.mode !== 'training' || rate === 0) return feature;
  const shape: number[] = [];
  feature.shape.forEach((size, axis) => {
    shape[valueAxis(feature, axis) - 1] = shared.includes(axis) ? 1 : size;
  });
  const mask = context.dropoutMask(shape, rate);
  return { ...feature, value: context.graph.add('Mul', [feature.value, mask]) };
}
