import type { GraphBuilder } from '@descent/autodiff';
import type { Feature } from '../feature.ts';

/** Integers as float32. */
export function asFloat(graph: GraphBuilder, feature: Feature): Feature {
  if (graph.type(feature.value).dtype === 'float32') return feature;
  return { ...feature, value: graph.add('Cast', [feature.value], { to: 'float32' }) };
}
