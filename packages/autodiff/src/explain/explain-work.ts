import { DescentError } from '@descent/errors';
import { dtypes } from '@descent/tensors';
import { cost } from '../cost.ts';
import { bind, elementCountOf } from '../dim.ts';
import type { Graph } from '../graph.ts';

/** What one explanation may take. The reference evaluation does some 10⁸ operations a second. */
export interface ExplainLimits {
  readonly nodes: number;
  /** Floating-point operations of the forward and the backward pass. */
  readonly flops: number;
  /** Bytes of all values and gradients in double precision. */
  readonly bytes: number;
}

export const defaultExplainLimits: ExplainLimits = { nodes: 20_000, flops: 4e9, bytes: 1e9 };

/**
 * Refuses a graph and batch that take more than the limits, before anything is allocated.
 * @param graph with forward and backward pass
 * @throws DescentError EXPLAIN_TOO_LARGE that says how many samples would fit
 */
export function requireExplainable(graph: Graph, batch: number, limits: ExplainLimits): void {
  const { length } = graph.nodes;
  if (length > limits.nodes) {
    throw tooLarge('nodes of the forward and backward pass', length, limits.nodes, 0);
  }
  const exceeded = excess(graph, batch, limits);
  if (exceeded === undefined) return;
  let [fits, most] = [0, batch];
  while (most - fits > 1) {
    const middle = Math.floor((fits + most) / 2);
    if (excess(graph, middle, limits) === undefined) fits = middle;
    else most = middle;
  }
  throw tooLarge(exceeded.what, exceeded.actual, exceeded.limit, fits);
}

interface Excess {
  readonly what: string;
  readonly actual: number;
  readonly limit: number;
}

function excess(graph: Graph, batch: number, limits: ExplainLimits): Excess | undefined {
  const { flops } = cost(graph, batch);
  if (flops > limits.flops) return { what: 'floating-point operations', actual: flops, limit: limits.flops };
  let bytes = 0;
  for (const { shape, dtype } of graph.types.values()) {
    const { coefficient, power } = elementCountOf(shape);
    bytes +=
      coefficient * batch ** power * (dtype === 'float32' ? dtypes.float64.bytes : dtypes[dtype].bytes);
  }
  if (bytes > limits.bytes)
    return { what: 'bytes of values and gradients', actual: bytes, limit: limits.bytes };
  return undefined;
}

function tooLarge(what: string, actual: number, limit: number, fits: number): DescentError {
  return new DescentError('EXPLAIN_TOO_LARGE', {
    what,
    actual,
    limit,
    fits,
    remedy: fits === 0 ? 'not even one sample would fit' : `${fits} samples would fit`,
  });
}

/** Work of one evaluation in rough units of one floating-point operation; a node costs some microseconds by itself. */
export function evaluationWork(graph: Graph, batch: number): number {
  const perNode = 2_000;
  const fed = [...graph.inputs, ...graph.constants.keys()].reduce(
    (sum, name) => sum + bind(graph.types.get(name)!.shape, batch).reduce((product, dim) => product * dim, 1),
    0,
  );
  return cost(graph, batch).flops + graph.nodes.length * perNode + fed;
}
