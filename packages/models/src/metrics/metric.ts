import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { LossType, MetricName } from '@descent/contracts';

/** Adds the nodes of a metric: a float32 scalar, the sum over samples. */
export type MetricRule = (graph: GraphBuilder, prediction: ValueName, labels: ValueName) => ValueName;

/** What a metric means for each loss; a pair that is not there has no meaning and is refused. One file each. */
export type Metric = { readonly [Loss in LossType]?: MetricRule };

export type MetricTable = { readonly [Name in MetricName]: Metric };
