import { sameShape } from '@descent/autodiff';
import { inOneOrder } from './join.ts';
import type { Layer, SpecOf } from './layer.ts';

/** Element-wise sum of values of one shape: the join of a residual connection. */
export const add: Layer<SpecOf<'add'>> = {
  takes: 'several',
  build: (context, inputs) => {
    const [{ shape }, ...others] = inputs;
    for (const other of others) {
      if (!sameShape(other.shape, shape)) {
        throw context.mismatch('all its inputs have one shape', `[${shape.join(', ')}]`, other.shape);
      }
    }
    const [first, ...rest] = inOneOrder(context, inputs);
    const value = rest.reduce((sum, next) => context.graph.add('Add', [sum, next.value]), first.value);
    return { ...first, value };
  },
};
