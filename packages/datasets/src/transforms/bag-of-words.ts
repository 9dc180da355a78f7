import type { TransformOf } from '@descent/contracts';
import { changed, type Rule } from './flow.ts';
import { forEachWord } from './words.ts';

/** The hashing trick (Weinberger et al. 2009) without signs. */
export const bagOfWords: Rule<TransformOf<'bagOfWords'>> = {
  compile({ size }, flow, place) {
    if (!flow.text) throw place.invalid('it is for columns of text');
    const run = (from: Float64Array, to: Float64Array) => {
      to.fill(0, 0, size);
      forEachWord(from, (hash) => {
        to[hash % size]! += 1;
      });
      let squares = 0;
      for (let i = 0; i < size; i++) squares += to[i]! * to[i]!;
      const length = squares === 0 ? 1 : Math.sqrt(squares);
      for (let i = 0; i < size; i++) to[i]! /= length;
    };
    return { flow: changed(flow, { shape: [size], text: false }), step: { kind: 'row', run } };
  },
};
