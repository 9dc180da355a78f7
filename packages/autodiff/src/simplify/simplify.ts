import type { Graph } from '../graph.ts';
import { shareEqualNodes } from './common-subexpressions.ts';
import { withoutDeadNodes } from './dead-nodes.ts';
import { foldConstants } from './fold-constants.ts';
import { applyIdentities } from './identities.ts';
import { maskBeforeUnpooling } from './mask-before-unpooling.ts';

/** Each keeps what the graph computes and the order of its nodes, and returns the same object when it finds nothing. */
const passes: readonly ((graph: Graph) => Graph)[] = [
  foldConstants,
  applyIdentities,
  maskBeforeUnpooling,
  shareEqualNodes,
  withoutDeadNodes,
];

/**
 * The same outputs from fewer nodes: constants folded, identities removed, equal nodes shared, unused ones dropped;
 * repeated until nothing changes. Inputs, parameters and states stay, used or not: they are the graph's signature.
 */
export function simplify(graph: Graph): Graph {
  let current = graph;
  for (;;) {
    const next = passes.reduce((simpler, pass) => pass(simpler), current);
    if (next === current) return current;
    current = next;
  }
}
