import type { Graph } from '@descent/autodiff';
import { DescentError } from '@descent/errors';

export function checkOutputs(graph: Graph, outputs: readonly string[]): void {
  for (const output of outputs) {
    if (graph.outputs.has(output)) continue;
    throw new DescentError('ENGINE_OUTPUT_UNKNOWN', { output, outputs: [...graph.outputs.keys()] });
  }
}

export function wholeNumber(option: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new DescentError('ENGINE_OPTION_INVALID', {
    option,
    problem: `is ${value}; it must be a whole number of at least ${least}`,
  });
}
