import type { TransformOf, TransformType } from '@descent/contracts';
import { bagOfWords } from './bag-of-words.ts';
import { bucketise } from './bucketise.ts';
import { codes } from './codes.ts';
import { colourJitter } from './colour-jitter.ts';
import { crop } from './crop.ts';
import { fill } from './fill.ts';
import { flip } from './flip.ts';
import type { Rule } from './flow.ts';
import { log1p } from './log1p.ts';
import { mask } from './mask.ts';
import { normalise } from './normalise.ts';
import { oneHot } from './one-hot.ts';
import { pad } from './pad.ts';
import { rotate } from './rotate.ts';
import { scale } from './scale.ts';
import { standardise } from './standardise.ts';
import { wordCodes } from './word-codes.ts';

export const rules: { readonly [T in TransformType]: Rule<TransformOf<T>> } = {
  scale,
  standardise,
  normalise,
  log1p,
  fill,
  oneHot,
  codes,
  bucketise,
  crop,
  flip,
  rotate,
  colourJitter,
  pad,
  mask,
  bagOfWords,
  wordCodes,
};
