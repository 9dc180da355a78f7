import type { Tensor } from '@descent/tensors';
import type { Graph, Node, ValueName } from '../graph.ts';

/** Lets equal constants, and nodes with the same operation, inputs and attributes, be computed once. */
export function shareEqualNodes(graph: Graph): Graph {
  const aliases = new Map<ValueName, ValueName>();
  const resolve = (value: ValueName) => aliases.get(value) ?? value;
  const first = new Map<string, readonly ValueName[]>();
  const isNew = (key: string, values: readonly ValueName[]): boolean => {
    const known = first.get(key);
    if (known === undefined || known.length < values.length) {
      first.set(key, values);
      return true;
    }
    values.forEach((value, index) => {
      aliases.set(value, known[index]!);
    });
    return false;
  };

  const constants = new Map([...graph.constants].filter(([name, value]) => isNew(tensorKey(value), [name])));
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    const node = { ...original, inputs: original.inputs.map(resolve) };
    if (isNew(nodeKey(node), node.outputs)) nodes.push(node);
  }
  if (aliases.size === 0) return graph;
  const outputs = new Map([...graph.outputs].map(([name, value]) => [name, resolve(value)] as const));
  return { ...graph, constants, nodes, outputs };
}

function nodeKey({ op, inputs, attributes }: Node): string {
  const sorted = Object.keys(attributes)
    .sort()
    .map((name) => [name, attributes[name]]);
  return JSON.stringify([op, inputs, sorted]);
}

/** −0 and 0 are told apart by their bytes. */
function tensorKey({ dtype, shape, data }: Tensor): string {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return `${dtype} ${shape.join()} ${bytes.toString('base64')}`;
}
