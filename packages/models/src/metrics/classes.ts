import type { GraphBuilder, ValueName } from '@descent/autodiff';
import { mostProbable } from '../losses/class-labels.ts';
import { indicator } from '../losses/reduce.ts';
import type { ClassView } from '../losses/view.ts';

/** float32 [n, classes]: 1 at the class that has the largest score, the first of equal ones. */
export function guessMarks(graph: GraphBuilder, view: ClassView): ValueName {
  return classMarks(graph, mostProbable(graph, view.scores()), view.classes);
}

/** float32 [n, classes]: 1 at the label; all 0 where the label does not count. */
export function labelMarks(graph: GraphBuilder, view: ClassView): ValueName {
  const marks = classMarks(graph, view.labels(), view.classes);
  if (view.counted === undefined) return marks;
  return graph.add('Mul', [marks, graph.add('Unsqueeze', [view.counted(), graph.integers([1])])]);
}

/** int64 [n] → float32 [n, size] with a 1 at each number. */
export function classMarks(graph: GraphBuilder, codes: ValueName, size: number): ValueName {
  const numbers = graph.integers(Array.from({ length: size }, (_, index) => index));
  const beside = graph.add('Unsqueeze', [codes, graph.integers([1])]);
  return indicator(graph, graph.add('Equal', [beside, numbers]));
}
