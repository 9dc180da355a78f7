import { elementCountOf, type ValueName } from '@descent/autodiff';
import type { Draft } from './draft.ts';

/** The number of samples of the micro-batch as a float32 scalar. Engines know it when they compile. */
export function sampleCount({ graph, features, wiring }: Draft): ValueName {
  const { value } = features.get(wiring.inputs[0]!)!;
  const { coefficient } = elementCountOf(graph.type(value).shape);
  const elements = graph.add('Cast', [graph.add('Size', [value])], { to: 'float32' });
  return coefficient === 1 ? elements : graph.add('Mul', [elements, graph.scalar(1 / coefficient)]);
}
