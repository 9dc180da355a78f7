import type { Graph, Node, ValueName } from './graph.ts';

/**
 * Trades time for memory: what the chosen parts of the forward pass compute is dropped and computed again when the
 * backward pass needs it. A part keeps the values that other parts read; its inner ones are recomputed from those and
 * from what the part reads, by copies of its nodes that run after the gradient has come back to it. The numbers are
 * those of the same operations on the same inputs.
 *
 * `partOf` names the part that a node of the forward pass belongs to, or undefined for none. The part that computes
 * the loss is left as it is: its values are needed at once.
 *
 * Chen et al., Training Deep Nets with Sublinear Memory Cost (2016).
 */
export function recompute(graph: Graph, partOf: (node: Node) => string | undefined): Graph {
  const forward = forwardNodes(graph);
  const parts = new Map<string, Node[]>();
  const fed = valuesFromInputs(graph);
  for (const node of forward) {
    const part = partOf(node);
    // What depends on parameters alone is small and read by every micro-batch.
    if (part === undefined || !fed.has(node.outputs[0]!)) continue;
    const known = parts.get(part);
    if (known === undefined) parts.set(part, [node]);
    else known.push(node);
  }
  // The part that the gradient comes back to first is the last of the forward pass.
  const awaited = new Set<ValueName>();
  return [...parts.values()].reduceRight(
    (current, nodes) => recomputePart(current, nodes, forward, fed, awaited),
    graph,
  );
}

function recomputePart(
  graph: Graph,
  part: readonly Node[],
  forward: ReadonlySet<Node>,
  fed: ReadonlySet<ValueName>,
  awaited: Set<ValueName>,
): Graph {
  const isOfPart = new Set(part);
  const made = new Map(part.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const backward = graph.nodes.filter((node) => !forward.has(node));
  const kept = new Set(graph.outputs.values());
  for (const node of forward) {
    if (!isOfPart.has(node)) for (const value of node.inputs) kept.add(value);
  }
  const isInner = (value: ValueName) => made.has(value) && !kept.has(value);
  const first = backward.findIndex(({ inputs }) => inputs.some(isInner));
  if (first === -1) return graph;
  const trigger = lastGradientBefore(
    backward,
    first,
    part.flatMap(({ outputs }) => outputs).filter((value) => kept.has(value)),
    graph,
  );
  if (trigger === undefined) return graph;
  const triggers = [trigger, ...finishedBefore(graph, backward, first, awaited)];

  const types = new Map(graph.types);
  const names = new Map<ValueName, ValueName>();
  const copies: Node[] = [];
  const declare = (name: ValueName, of: ValueName) => {
    names.set(of, name);
    types.set(name, graph.types.get(of)!);
  };
  const again = (value: ValueName): ValueName => {
    const known = names.get(value);
    if (known !== undefined) return known;
    if (isInner(value)) {
      const node = made.get(value)!;
      const inputs = node.inputs.map(again);
      for (const output of node.outputs) declare(`recompute/${output}`, output);
      const outputs = node.outputs.map((output) => names.get(output)!);
      copies.push({ ...node, name: `recompute/${node.name}`, inputs, outputs });
    } else if (fed.has(value)) {
      declare(`recompute/${part[0]!.name}/${value}`, value);
      const name = names.get(value)!;
      const { layer } = part[0]!;
      const node = {
        name,
        op: 'After',
        inputs: [value, ...triggers],
        outputs: [name],
        attributes: {},
      } as const;
      copies.push(layer === undefined ? node : { ...node, layer });
    } else {
      return value;
    }
    return names.get(value)!;
  };
  const rewired = new Map(
    backward.map((node) => [
      node,
      node.inputs.some(isInner)
        ? { ...node, inputs: node.inputs.map((value) => (isInner(value) ? again(value) : value)) }
        : node,
    ]),
  );
  const nodes = graph.nodes.flatMap((node) =>
    node === backward[first] ? [...copies, rewired.get(node)!] : [rewired.get(node) ?? node],
  );
  return { ...graph, nodes, types };
}

/**
 * The last value before backward node `first` that shows that the gradient has come back to the part: it depends on
 * the part's results by way of the loss. No node before `first` reads inner values, so it cannot depend on the copies.
 */
function lastGradientBefore(
  backward: readonly Node[],
  first: number,
  results: readonly ValueName[],
  graph: Graph,
): ValueName | undefined {
  const behind = new Set(results);
  const isBackward = new Set(backward);
  const before = new Set(backward.slice(0, first));
  let trigger: ValueName | undefined;
  for (const node of graph.nodes) {
    if (!node.inputs.some((value) => behind.has(value))) continue;
    for (const value of node.outputs) {
      if (graph.types.get(value)!.dtype !== 'float32') continue;
      behind.add(value);
      if (isBackward.has(node) && before.has(node)) trigger = value;
    }
  }
  return trigger;
}

/**
 * Gradients that are complete before backward node `first`, and that no part was told to wait for yet. An engine might
 * leave them for the end, and with them keep all that they are computed from.
 */
function finishedBefore(
  graph: Graph,
  backward: readonly Node[],
  first: number,
  awaited: Set<ValueName>,
): readonly ValueName[] {
  const results = new Set(graph.outputs.values());
  const finished = backward
    .slice(0, first)
    .flatMap(({ outputs }) => outputs)
    .filter((value) => results.has(value) && !awaited.has(value));
  for (const value of finished) awaited.add(value);
  return finished;
}

/** All that loss, metrics and statistics depend on, in order. */
function forwardNodes(graph: Graph): ReadonlySet<Node> {
  const reads = new Set(
    [...graph.outputs].flatMap(([name, value]) => (name.startsWith('gradient/') ? [] : [value])),
  );
  const forward = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((value) => reads.has(value))) return false;
    for (const value of node.inputs) reads.add(value);
    return true;
  });
  return new Set(forward.toReversed());
}

function valuesFromInputs(graph: Graph): ReadonlySet<ValueName> {
  const fed = new Set(graph.inputs);
  for (const { inputs, outputs } of graph.nodes) {
    if (inputs.some((value) => fed.has(value))) for (const value of outputs) fed.add(value);
  }
  return fed;
}
