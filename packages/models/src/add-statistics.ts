import type { Draft } from './draft.ts';
import { stateOutput } from './parameter-layout.ts';
import { sampleCount } from './sample-count.ts';

/**
 * Adds an output `state/<name>` for every state: the sum over the samples of the micro-batch of its statistic, so that
 * micro-batches add up as gradients do. A state without a statistic stays: its own value is its statistic. One that is
 * used in several places averages their statistics.
 */
export function addStatistics(draft: Draft): void {
  const { graph, parameters, statistics } = draft;
  const states = parameters.filter(({ momentum }) => momentum !== undefined);
  if (states.length === 0) return;
  graph.inScope('state', () => {
    const samples = sampleCount(draft);
    for (const { name } of states) {
      const parts = statistics.get(name) ?? [name];
      const sum = parts.reduce((total, part) => graph.add('Add', [total, part]));
      const mean = parts.length === 1 ? sum : graph.add('Mul', [sum, graph.scalar(1 / parts.length)]);
      graph.output(stateOutput(name), graph.add('Mul', [mean, samples]));
    }
  });
}
