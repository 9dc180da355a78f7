import { accuracy } from './accuracy.ts';
import { auc } from './auc.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import { cosineSimilarity } from './cosine-similarity.ts';
import { meanAbsoluteError, meanSquaredError, rootMeanSquaredError } from './errors.ts';
import type { MetricTable } from './metric.ts';
import { perplexity } from './perplexity.ts';
import { f1, precision, recall } from './precision-recall.ts';
import { r2 } from './r2.ts';
import { topK } from './top-k.ts';

/** Every metric that a spec may name. */
export const metrics: MetricTable = {
  accuracy,
  topK,
  precision,
  recall,
  f1,
  auc,
  confusionMatrix,
  perplexity,
  meanAbsoluteError,
  meanSquaredError,
  rootMeanSquaredError,
  r2,
  cosineSimilarity,
};
