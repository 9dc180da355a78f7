import type { GraphBuilder, ValueName } from '@descent/autodiff';
import { ofOneShape } from './join.ts';
import type { Layer, SpecOf } from './layer.ts';

type MergeSpec = SpecOf<'add' | 'subtract' | 'multiply' | 'average' | 'maximum' | 'minimum'>;

/** Joins values of one shape, element by element. */
export function merge<Spec extends MergeSpec>(
  takes: Layer<Spec>['takes'],
  combine: (graph: GraphBuilder, values: readonly [ValueName, ...ValueName[]]) => ValueName,
): Layer<Spec> {
  return {
    takes,
    build: (context, inputs) => {
      const [first, ...others] = ofOneShape(context, inputs);
      const value = combine(context.graph, [first.value, ...others.map((other) => other.value)]);
      return { ...first, value };
    },
  };
}

export function addUp(
  graph: GraphBuilder,
  [first, ...others]: readonly [ValueName, ...ValueName[]],
): ValueName {
  return others.reduce((sum, next) => graph.add('Add', [sum, next]), first);
}
