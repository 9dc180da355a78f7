import type { Static } from 'typebox';
import { OneOf } from '../closed.ts';

export const metricNames = ['accuracy', 'meanAbsoluteError'] as const;
export const MetricName = OneOf(metricNames);
export type MetricName = Static<typeof MetricName>;
