import type { Tensor } from '@descent/tensors';
import type { Graph, Node, ValueName, ValueType } from '../graph.ts';

/** What a rule makes of a node with one output: another value in its place, a constant, or a simpler node. */
export type Replacement =
  | { readonly value: ValueName }
  | { readonly constant: Tensor }
  | { readonly node: Pick<Node, 'op' | 'inputs' | 'attributes'> };

/** The graph as it is rewritten: earlier nodes are already simplified. */
export interface RewriteContext {
  type(value: ValueName): ValueType;
  constant(value: ValueName): Tensor | undefined;
  producer(value: ValueName): Node | undefined;
}

export type Rule = (node: Node, context: RewriteContext) => Replacement | undefined;

/**
 * One walk over the nodes in their order. Every replacement has the type of the value it replaces, so types and
 * names of all other values stay. The same object comes back when no rule applied.
 */
export function rewrite(graph: Graph, rule: Rule): Graph {
  const constants = new Map(graph.constants);
  const aliases = new Map<ValueName, ValueName>();
  const producers = new Map<ValueName, Node>();
  const nodes: Node[] = [];
  const context: RewriteContext = {
    type: (value) => graph.types.get(value)!,
    constant: (value) => constants.get(value),
    producer: (value) => producers.get(value),
  };
  const resolve = (value: ValueName) => aliases.get(value) ?? value;
  let changed = false;

  for (const original of graph.nodes) {
    const node = resolvedInputs(original, resolve);
    const [output] = node.outputs;
    const replacement = node.outputs.length === 1 ? rule(node, context) : undefined;
    if (replacement !== undefined) changed = true;
    if (replacement !== undefined && 'value' in replacement) {
      aliases.set(output!, replacement.value);
    } else if (replacement !== undefined && 'constant' in replacement) {
      constants.set(output!, replacement.constant);
    } else {
      const kept = replacement === undefined ? node : { ...node, ...replacement.node };
      nodes.push(kept);
      for (const value of kept.outputs) producers.set(value, kept);
    }
  }
  if (!changed) return graph;
  const outputs = new Map([...graph.outputs].map(([name, value]) => [name, resolve(value)] as const));
  return { ...graph, constants, nodes, outputs };
}

function resolvedInputs(node: Node, resolve: (value: ValueName) => ValueName): Node {
  const inputs = node.inputs.map(resolve);
  return inputs.every((value, index) => value === node.inputs[index]) ? node : { ...node, inputs };
}
