import type { MetricOf } from '@descent/contracts';
import { cosine } from '../losses/cosine-similarity.ts';
import { meanPerSample } from '../losses/reduce.ts';
import { type Metric, meanOverSamples } from './metric.ts';

/** Mean of the cosine of the angle between prediction and label along the last axis. */
export const cosineSimilarity: Metric<MetricOf<'cosineSimilarity'>> = {
  sums: ({ graph, view }) =>
    view.kind === 'values' && view.shape.length > 0
      ? meanPerSample(graph, cosine(graph, view.prediction(), view.labels()))
      : undefined,
  finish: meanOverSamples,
};
