import { bind, type Graph, partsOf, peakMemory } from '@descent/autodiff';
import { dtypes, elementCount } from '@descent/tensors';

/**
 * What the engine takes beyond the values of the graph, fitted to what it was measured to take (docs/performance.md, "Memory"). Its arena
 * holds the values of the first run in pieces; later runs have a block of their own, planned by what the first one needed. Lowerings of gradients have
 * values of their own, and every node has its kernel.
 */
const ofAlive = { train: 2.75, evaluate: 2.25 } as const;
const ofAll = 1.25;
const nodeBytes = 4.5 * 1024;
const sessionBytes = 2 * 2 ** 20;

/**
 * Bytes that a worker's engine takes to run a graph over `batch` samples on a CPU, fed samples and constants included. Parameters, states and
 * results are not: they lie in the worker's own buffers, which it reads and writes in place. A GPU has no arena in pieces and no parts, and takes
 * something between the values alive at once and this.
 */
export function engineMemory(graph: Graph, batch: number, kind: keyof typeof ofAlive): number {
  const parts = partsOf(graph, batch, [...graph.outputs.keys()]);
  const bytesOf = (value: string, samples: number) => {
    const { dtype, shape } = graph.types.get(value)!;
    return elementCount(bind(shape, samples)) * dtypes[dtype].bytes;
  };
  const sum = (values: Iterable<string>, samples: number) =>
    [...values].reduce((bytes, value) => bytes + bytesOf(value, samples), 0);
  const samples = batch / parts;
  const constants = sum(graph.constants.keys(), 1);
  const given = sum([...graph.parameters, ...graph.states], 1) + constants;
  const results = [...new Set(graph.outputs.values())];
  // The first part adds to zeros.
  const zeros = parts > 1 ? Math.max(...results.map((value) => bytesOf(value, batch))) : 0;
  const alive =
    peakMemory(inOrderOfRunning(graph), samples) - given - sum(graph.inputs, samples) - sum(results, samples);
  const all = sum(new Set(graph.nodes.flatMap((node) => node.outputs)), samples) - sum(results, samples);
  const workspace = Math.min(ofAlive[kind] * Math.max(0, alive), ofAll * all);
  const fixed = constants + sum(graph.inputs, batch) + zeros;
  return Math.ceil(fixed + workspace + nodeBytes * graph.nodes.length + sessionBytes);
}

/**
 * The nodes as the engine runs them: the results in the order in which they can be ready, and before each what it still needs
 * (ModelWriter of packages/engines, "the order of running"). A gradient that is one of the last to be listed need not be one of the last to be computed.
 */
function inOrderOfRunning(graph: Graph): Graph {
  const producers = new Map(
    graph.nodes.flatMap((node, index) => node.outputs.map((value) => [value, index] as const)),
  );
  const results = [...new Set(graph.outputs.values())].flatMap((value) => producers.get(value) ?? []);
  const order = new Set<number>();
  for (const result of results.sort((a, b) => a - b)) {
    const path = [{ index: result, next: 0 }];
    while (path.length > 0) {
      const step = path.at(-1)!;
      const { inputs } = graph.nodes[step.index]!;
      if (order.has(step.index) || step.next === inputs.length) {
        order.add(step.index);
        path.pop();
        continue;
      }
      const needed = producers.get(inputs[step.next++]!);
      if (needed !== undefined && !order.has(needed)) path.push({ index: needed, next: 0 });
    }
  }
  return { ...graph, nodes: [...order].map((index) => graph.nodes[index]!) };
}
