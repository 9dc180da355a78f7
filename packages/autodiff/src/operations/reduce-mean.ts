import { countOf, divideCounts, elementCountOf } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { GradientContext, Operation } from '../operation.ts';
import { expandLike } from '../rules/broadcast.ts';
import { reduction, sumOf } from '../rules/reduction.ts';

/** ONNX ReduceMean. The mean of integers is truncated toward zero. */
export const reduceMean: Operation = reduction({
  value: (elements) => sumOf(elements) / elements.length,
  integer: (elements) => elements.reduce((sum, element) => sum + element, 0n) / BigInt(elements.length),
  gradient: (context, dy, x) => {
    const { graph } = context;
    return expandLike(graph, graph.add('Div', [dy, elementsPerMean(context)]), x);
  },
});

/** A constant, or read at run time when the mean goes over the batch axis. */
function elementsPerMean({ graph, node, type }: GradientContext): ValueName {
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  const count = divideCounts(elementCountOf(type(x).shape), elementCountOf(type(y).shape));
  if (count !== undefined && countOf(count).power === 0) return graph.scalar(countOf(count).coefficient);
  const [all, means] = [graph.add('Size', [x]), graph.add('Size', [y])];
  return graph.add('Cast', [graph.add('Div', [all, means])], { to: 'float32' });
}
