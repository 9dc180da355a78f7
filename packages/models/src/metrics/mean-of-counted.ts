import type { GraphBuilder, ValueName } from '@descent/autodiff';
import { meanPerSample, sumOf } from '../losses/reduce.ts';
import { ratio } from './metric.ts';

/**
 * The sums of a mean over elements. Where all elements count every sample has as many of them, and one number does, the
 * sum of the samples' means; else it is [Σ of what counts, how many count].
 */
export function sumsOfMean(graph: GraphBuilder, value: ValueName, counted?: () => ValueName): ValueName {
  if (counted === undefined) return meanPerSample(graph, value);
  const mask = counted();
  return vectorOf(graph, [sumOf(graph, graph.add('Mul', [value, mask])), sumOf(graph, mask)]);
}

/** The mean from `sumsOfMean`; 0 where nothing counts. */
export function finishMean(sums: Float64Array, samples: number): number {
  return sums.length === 1 ? sums[0]! / samples : ratio(sums[0]!, sums[1]!);
}

/** Scalars and vectors, one after the other. */
export function vectorOf(graph: GraphBuilder, parts: readonly ValueName[]): ValueName {
  const flat = parts.map((part) =>
    graph.type(part).shape.length === 1 ? part : graph.add('Reshape', [part, graph.integers([-1])]),
  );
  return graph.add('Concat', flat, { axis: 0 });
}
