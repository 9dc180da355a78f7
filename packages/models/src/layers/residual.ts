import { sameShape } from '@descent/autodiff';
import { activate } from './activate.ts';
import { inOneOrder } from './join.ts';
import type { Layer, SpecOf } from './layer.ts';

/**
 * activation(shortcut + result), He et al. 2016. Its layers are written out before it (expand-layers.ts); it reads the
 * input, or what the shortcut made of it, and the result of the last layer.
 */
export const residual: Layer<SpecOf<'residual'>> = {
  takes: [2, 2],
  build: (context, inputs, spec) => {
    const [shortcut, result] = [inputs[0], inputs[1]!];
    if (!sameShape(shortcut.shape, result.shape)) {
      const way = spec.shortcut === undefined ? 'its input, as there is no `shortcut`,' : 'its shortcut';
      const problem = `the result of its layers is added to ${way} of shape [${shortcut.shape.join(', ')}]`;
      throw context.mismatch(problem, `[${shortcut.shape.join(', ')}]`, result.shape);
    }
    const [a, b] = inOneOrder(context, inputs);
    const value = context.graph.add('Add', [a.value, b!.value]);
    return activate(context, { ...a, value }, spec.activation);
  },
};
