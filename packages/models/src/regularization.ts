import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { Regularizer } from '@descent/contracts';
import type { Draft } from './draft.ts';
import { sumOf } from './losses/reduce.ts';
import { sampleCount } from './sample-count.ts';

/**
 * The loss with the penalties of the model's regularisers, l1·Σ|w| + l2·Σw². One of weights counts once per sample, so
 * that micro-batches add up and the mean over samples has it once; one of results is a sum per sample by itself.
 */
export function addPenalties(draft: Draft, loss: ValueName): ValueName {
  const { graph, regularized, regularizedResults } = draft;
  if (regularized.size + regularizedResults.size === 0) return loss;
  return graph.inScope('penalty', () => {
    const weights = penaltyOf(graph, regularized);
    const results = penaltyOf(graph, regularizedResults);
    const parts = [
      ...(weights === undefined ? [] : [graph.add('Mul', [weights, sampleCount(draft)])]),
      ...(results === undefined ? [] : [results]),
    ];
    return parts.reduce((sum, part) => graph.add('Add', [sum, part]), loss);
  });
}

function penaltyOf(
  graph: GraphBuilder,
  regularized: ReadonlyMap<ValueName, Regularizer>,
): ValueName | undefined {
  const parts = [...regularized].flatMap(([value, { l1 = 0, l2 = 0 }]) => [
    ...(l1 === 0 ? [] : [weighted(graph, l1, graph.add('Abs', [value]))]),
    ...(l2 === 0 ? [] : [weighted(graph, l2, graph.add('Mul', [value, value]))]),
  ]);
  const [first, ...others] = parts;
  return others.reduce((sum, part) => graph.add('Add', [sum!, part]), first);
}

function weighted(graph: GraphBuilder, factor: number, sizes: ValueName): ValueName {
  return graph.add('Mul', [sumOf(graph, sizes), graph.scalar(factor)]);
}
