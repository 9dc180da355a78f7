import type { Tensor } from '@descent/tensors';
import type { Graph, ValueName } from '../graph.ts';

/** The part of a graph that computes the loss from one value, with everything else as it is. */
export interface Cut {
  /** Its inputs are the value itself and every value beside it that the nodes read. */
  readonly graph: Graph;
  readonly feeds: Readonly<Record<ValueName, Tensor>>;
}

/**
 * Cuts a graph at `value`: what remains computes output `loss` as a function of `value`, for a partial derivative by a
 * value in the middle of a graph. `values` holds every value of the graph.
 */
export function cutAt(
  graph: Graph,
  loss: string,
  value: ValueName,
  values: ReadonlyMap<ValueName, Tensor>,
): Cut {
  const lossValue = graph.outputs.get(loss)!;
  const reached = new Set([value]);
  const downstream = graph.nodes.filter((node) => {
    // The node that makes the value is left out, and so is what it makes beside it: those stay as they are.
    if (node.outputs.includes(value) || !node.inputs.some((input) => reached.has(input))) return false;
    for (const output of node.outputs) reached.add(output);
    return true;
  });
  const needed = new Set([lossValue]);
  const nodes = downstream
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((output) => needed.has(output))) return false;
      for (const input of node.inputs) if (input !== '') needed.add(input);
      return true;
    })
    .reverse();
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const inputs = new Set([value, ...[...needed].filter((name) => !made.has(name))]);
  // Constants keep their place: shapes and axes are read from them while nodes are checked and priced.
  const constants = new Map(
    [...inputs].flatMap((name) => (graph.constants.has(name) ? [[name, values.get(name)!] as const] : [])),
  );
  const fed = [...inputs].filter((name) => !constants.has(name));
  return {
    graph: {
      inputs: fed,
      parameters: [],
      states: [],
      constants,
      nodes,
      outputs: new Map([[loss, lossValue]]),
      types: graph.types,
    },
    feeds: Object.fromEntries(fed.map((name) => [name, values.get(name)!])),
  };
}
