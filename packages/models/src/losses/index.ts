import { categoricalHinge } from './categorical-hinge.ts';
import { contrastive } from './contrastive.ts';
import { cosineSimilarity } from './cosine-similarity.ts';
import { ctc } from './ctc.ts';
import { custom } from './custom.ts';
import { hinge, squaredHinge } from './hinge.ts';
import { huber } from './huber.ts';
import { klDivergence } from './kl-divergence.ts';
import { logCosh } from './log-cosh.ts';
import type { LossTable } from './loss.ts';
import { meanAbsoluteError } from './mean-absolute-error.ts';
import { meanSquaredError } from './mean-squared-error.ts';
import { poisson } from './poisson.ts';
import { sigmoidCrossEntropy } from './sigmoid-cross-entropy.ts';
import { softmaxCrossEntropy } from './softmax-cross-entropy.ts';
import { triplet } from './triplet.ts';

/** Every loss that a spec may name. */
export const losses: LossTable = {
  softmaxCrossEntropy,
  sigmoidCrossEntropy,
  meanSquaredError,
  meanAbsoluteError,
  huber,
  logCosh,
  hinge,
  squaredHinge,
  categoricalHinge,
  klDivergence,
  cosineSimilarity,
  poisson,
  contrastive,
  triplet,
  ctc,
  custom,
};
