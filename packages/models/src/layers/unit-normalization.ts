import type { GraphBuilder, ValueName } from '@descent/autodiff';
import { toAsWritten } from '../feature.ts';
import type { Layer, SpecOf } from './layer.ts';

/** Below it a vector counts as zero and stays one. */
const smallestSquare = 1e-12;

/** Divides along the last axis by the length of the vector there. */
export const unitNormalization: Layer<SpecOf<'unitNormalization'>> = {
  takes: 'one',
  build: (context, [input]) => {
    if (input.shape.length === 0) throw context.mismatch('it needs an axis', '[..., features]', input.shape);
    const x = toAsWritten(context.graph, input);
    return { ...x, value: unitLength(context.graph, x.value) };
  },
};

/** x ÷ √max(Σ x², 10⁻¹²) along the last axis. */
export function unitLength(graph: GraphBuilder, x: ValueName): ValueName {
  const squares = graph.add('ReduceSum', [graph.add('Mul', [x, x]), graph.integers([-1])], { keepdims: 1 });
  const bounded = graph.add('Max', [squares, graph.scalar(smallestSquare)]);
  return graph.add('Div', [x, graph.add('Sqrt', [bounded])]);
}
