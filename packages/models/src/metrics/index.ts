import { accuracy } from './accuracy.ts';
import { meanAbsoluteError } from './mean-absolute-error.ts';
import type { MetricTable } from './metric.ts';

/** Every metric that a spec may name. */
export const metrics: MetricTable = { accuracy, meanAbsoluteError };
