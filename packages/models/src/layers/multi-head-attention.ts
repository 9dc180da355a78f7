import type { Feature } from '../feature.ts';
import { attend } from './attention.ts';
import type { Layer, SpecOf } from './layer.ts';

/**
 * Attention of a query to keys and values. One input attends to itself; two are query and value; three are query, value
 * and key, in Keras' order. The mask, if the spec names one, comes last.
 */
export const multiHeadAttention: Layer<SpecOf<'multiHeadAttention'>> = {
  takes: [1, 4],
  reads: ['float32', 'int32'],
  build: (context, inputs, spec) => {
    const masked = spec.mask !== undefined;
    const sequences = masked ? inputs.slice(0, -1) : inputs;
    if (sequences.length === 0 || sequences.length > 3) {
      throw context.invalid(
        `multiHeadAttention takes 1 to 3 inputs (query, value, key), got ${sequences.length}`,
      );
    }
    const [query, value = query, key = value] = sequences as [Feature, ...Feature[]];
    return attend(context, { query, key, value, mask: masked ? inputs.at(-1) : undefined }, spec);
  },
};
