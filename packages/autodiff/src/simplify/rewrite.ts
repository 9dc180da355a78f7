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
  /** How many nodes and outputs read a value, counted before this walk. */
  uses(value: ValueName): number;
  /** Adds a node with one output of that type just before the one being rewritten, in its layer. */
  insert(node: Pick<Node, 'op' | 'inputs' | 'attributes'>, type: ValueType): ValueName;
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
  const types = new Map(graph.types);
  const uses = useCounts(graph);
  const nodes: Node[] = [];
  const keep = (node: Node): void => {
    nodes.push(node);
    for (const value of node.outputs) producers.set(value, node);
  };
  let current: Node | undefined;
  const context: RewriteContext = {
    type: (value) => types.get(value)!,
    constant: (value) => constants.get(value),
    producer: (value) => producers.get(value),
    uses: (value) => uses.get(value) ?? 0,
    insert: (node, type) => {
      const name = freeName(`${current!.name}/${node.op}`, types);
      types.set(name, type);
      keep({ ...current!, ...node, name, outputs: [name] });
      return name;
    },
  };
  const resolve = (value: ValueName) => aliases.get(value) ?? value;
  let changed = false;

  for (const original of graph.nodes) {
    const node = resolvedInputs(original, resolve);
    current = node;
    const [output] = node.outputs;
    const replacement = node.outputs.length === 1 ? rule(node, context) : undefined;
    if (replacement !== undefined) changed = true;
    if (replacement !== undefined && 'value' in replacement) {
      aliases.set(output!, replacement.value);
    } else if (replacement !== undefined && 'constant' in replacement) {
      constants.set(output!, replacement.constant);
    } else {
      keep(replacement === undefined ? node : { ...node, ...replacement.node });
    }
  }
  if (!changed) return graph;
  const outputs = new Map([...graph.outputs].map(([name, value]) => [name, resolve(value)] as const));
  return { ...graph, constants, nodes, outputs, types };
}

function resolvedInputs(node: Node, resolve: (value: ValueName) => ValueName): Node {
  const inputs = node.inputs.map(resolve);
  return inputs.every((value, index) => value === node.inputs[index]) ? node : { ...node, inputs };
}

function useCounts(graph: Graph): ReadonlyMap<ValueName, number> {
  const counts = new Map<ValueName, number>();
  for (const value of [...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs.values()]) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function freeName(stem: string, taken: ReadonlyMap<ValueName, unknown>): ValueName {
  let name = stem;
  for (let serial = 2; taken.has(name); serial += 1) name = `${stem}_${serial}`;
  return name;
}
