import type { Loss, LossSpecOf } from './loss.ts';
import { meanPerSample } from './reduce.ts';

/** Σ over samples of the mean over elements of the value: whatever the layers and nodes of the spec make of it. */
export const custom: Loss<LossSpecOf<'custom'>> = {
  takes: 'any shape',
  labels: () => 'none',
  sum: ({ graph, values }) => meanPerSample(graph, values[0]!),
};
