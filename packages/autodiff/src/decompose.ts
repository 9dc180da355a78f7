import type { Graph, Node, ValueName } from './graph.ts';
import { createGraphBuilder } from './graph-builder.ts';
import { operationOf } from './operations/index.ts';

/**
 * The same computation with every chosen node replaced by its operation's function body, again and again until no
 * chosen node is left. Every value of the graph keeps its name; those in between are called `<node>/…`. An operation
 * without a body stays. The same object comes back when nothing was chosen.
 */
export function decompose(graph: Graph, chosen: (node: Node) => boolean): Graph {
  let current = graph;
  for (;;) {
    const next = decomposeOnce(current, chosen);
    if (next === current) return current;
    current = next;
  }
}

/** One round of it: chosen nodes of the function bodies stay. */
export function decomposeOnce(graph: Graph, chosen: (node: Node) => boolean): Graph {
  const replaced = graph.nodes.map((node) => operationOf(node.op).decompose !== undefined && chosen(node));
  if (!replaced.includes(true)) return graph;

  // Bodies grow at the end, where the names of the whole graph are known, and then move to the place of their node.
  const builder = createGraphBuilder(graph);
  const nodes: Node[] = [];
  const types = new Map(graph.types);
  graph.nodes.forEach((node, position) => {
    if (!replaced[position]) {
      nodes.push(node);
      return;
    }
    const { body, results } = growBody(builder, node);
    const renamed = new Map<ValueName, ValueName>();
    const passed: Node[] = [];
    const made = new Set(body.flatMap(({ outputs }) => outputs));
    node.outputs.forEach((value, index) => {
      const result = results[index]!;
      if (made.has(result) && !renamed.has(result)) renamed.set(result, value);
      else passed.push(identity(node, value, renamed.get(result) ?? result));
    });
    for (const inner of body) {
      for (const value of inner.outputs) if (!renamed.has(value)) types.set(value, builder.type(value));
      nodes.push(withNames(inner, (value) => renamed.get(value) ?? value));
    }
    nodes.push(...passed);
  });
  const constants = builder.build().constants;
  for (const [name, { dtype, shape }] of constants) types.set(name, { dtype, shape });
  return { ...graph, constants, nodes, types };
}

function growBody(builder: ReturnType<typeof createGraphBuilder>, node: Node) {
  const before = builder.nodes.length;
  const results = builder.inLayer(node.layer, () =>
    builder.inScope(node.name, () =>
      operationOf(node.op).decompose!({
        graph: builder,
        node,
        type: (value) => builder.type(value),
        constant: (input) => builder.constantValue(node.inputs[input] ?? ''),
      }),
    ),
  );
  return { body: builder.nodes.slice(before), results };
}

/** A result that the body did not compute itself, or that two outputs share, keeps the output's name as a copy. */
function identity({ layer }: Node, value: ValueName, of: ValueName): Node {
  const node = { name: value, op: 'Identity', inputs: [of], outputs: [value], attributes: {} } as const;
  return layer === undefined ? node : { ...node, layer };
}

function withNames(node: Node, rename: (value: ValueName) => ValueName): Node {
  const outputs = node.outputs.map(rename);
  return { ...node, name: outputs[0]!, inputs: node.inputs.map(rename), outputs };
}
