import type { GraphBuilder, ValueName } from '@descent/autodiff';
import { indicator } from '../losses/reduce.ts';
import type { BinaryView } from '../losses/view.ts';

/** bool: where the probability σ(score) is above the threshold, which is where the score is above its logit. */
export function positives(graph: GraphBuilder, view: BinaryView, threshold = 0.5): ValueName {
  return graph.add('Greater', [view.scores(), graph.scalar(Math.log(threshold / (1 - threshold)))]);
}

/** float32: 1 where all conditions hold and the label counts. */
export function countWhere(
  graph: GraphBuilder,
  view: BinaryView,
  conditions: readonly ValueName[],
): ValueName {
  const all = indicator(
    graph,
    conditions.reduce((both, condition) => graph.add('And', [both, condition])),
  );
  return view.counted === undefined ? all : graph.add('Mul', [all, view.counted()]);
}
