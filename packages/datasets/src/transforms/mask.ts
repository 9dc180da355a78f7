import type { TransformOf } from '@descent/contracts';
import { elementCount } from '@descent/tensors';
import { changed, type Rule } from './flow.ts';

export const mask: Rule<TransformOf<'mask'>> = {
  compile({ length }, flow, place) {
    if (!flow.text) throw place.invalid('it is for columns of text');
    const elements = elementCount(flow.shape);
    const run = (from: Float64Array, to: Float64Array) => {
      for (let i = 0; i < length; i++) to[i] = i < elements && from[i] !== 0 ? 1 : 0;
    };
    return {
      flow: changed(flow, {
        shape: [length],
        text: false,
        integer: true,
        range: { minimum: 0, maximum: 1 },
      }),
      step: { kind: 'row', run },
    };
  },
};
