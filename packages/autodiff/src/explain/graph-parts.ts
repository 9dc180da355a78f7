import type { Graph } from '../graph.ts';

/** What a node of a training graph is for. */
export type NodePart =
  /** Computes the prediction. */
  | 'forward'
  /** Computes the loss or a metric from it. */
  | 'objective'
  /** Computes a gradient. */
  | 'backward';

export interface NodePlace {
  readonly part: NodePart;
  /** Of a backward node: the forward node whose gradient rule added it; null where that node was simplified away. */
  readonly differentiates: string | null;
}

/** Which part every node of a graph belongs to, by node name. Nodes of a model carry their layer, those of the loss none. */
export function graphParts(graph: Graph): ReadonlyMap<string, NodePlace> {
  // Whatever the outputs other than gradients need is forward, also where a gradient reads it too.
  const needed = new Set(
    [...graph.outputs].flatMap(([name, value]) => (name.startsWith('gradient/') ? [] : [value])),
  );
  const forward = new Set<string>();
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((value) => needed.has(value))) continue;
    forward.add(node.name);
    for (const value of node.inputs) needed.add(value);
  }
  const places = graph.nodes.map((node): [string, NodePlace] => {
    if (forward.has(node.name)) {
      const part = node.layer === undefined ? 'objective' : 'forward';
      return [node.name, { part, differentiates: null }];
    }
    return [node.name, { part: 'backward', differentiates: forwardNodeOf(node.name, forward) }];
  });
  return new Map(places);
}

/** `differentiate` names what it adds for a node `gradient/<node>/…`; names hold slashes, so the longest one counts. */
function forwardNodeOf(name: string, forward: ReadonlySet<string>): string | null {
  const parts = name.split('/').slice(1);
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const candidate = parts.slice(0, length).join('/');
    if (forward.has(candidate)) return candidate;
  }
  return null;
}
