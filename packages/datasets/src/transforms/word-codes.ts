import type { TransformOf } from '@descent/contracts';
import { changed, type Rule } from './flow.ts';
import { forEachWord } from './words.ts';

export const wordCodes: Rule<TransformOf<'wordCodes'>> = {
  compile({ size, length }, flow, place) {
    if (!flow.text) throw place.invalid('it is for columns of text');
    const run = (from: Float64Array, to: Float64Array) => {
      to.fill(0, 0, length);
      let at = 0;
      forEachWord(from, (hash) => {
        if (at < length) to[at++] = 1 + (hash % (size - 1));
      });
    };
    return {
      flow: changed(flow, {
        shape: [length],
        text: false,
        integer: true,
        range: { minimum: 0, maximum: size - 1 },
      }),
      step: { kind: 'row', run },
    };
  },
};
