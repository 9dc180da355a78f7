import { bind, type Graph, partsOf, peakMemory } from '@descent/autodiff';
import { dtypes, elementCount } from '@descent/tensors';

/**
 * What the engine takes beyond the values of the graph, fitted to what it was measured to take (`scripts/bench/memory.mjs`): its arena grows
 * by doubling and is left in pieces, lowerings have values of their own, and every node has its kernel.
 */
const arena = { ofAlive: 2.75, ofAll: 1.25 };
const nodeBytes = 7 * 1024;
const sessionBytes = 2 * 2 ** 20;

/**
 * Bytes that a worker's engine needs to run a training graph over `batch` samples on a CPU, parameters, fed values and outputs included: mostly
 * within a quarter of what is measured (docs/performance.md, "Memory"). A GPU has no arena in pieces and no parts, and takes something between the values alive at once and this.
 */
export function engineMemory(graph: Graph, batch: number): number {
  const outputs = [...graph.outputs.keys()];
  const parts = partsOf(graph, batch, outputs);
  const bytesOf = (value: string, samples: number) => {
    const { dtype, shape } = graph.types.get(value)!;
    return elementCount(bind(shape, samples)) * dtypes[dtype].bytes;
  };
  const sum = (values: Iterable<string>, samples: number) =>
    [...values].reduce((bytes, value) => bytes + bytesOf(value, samples), 0);
  const samples = batch / parts;
  const given = sum([...graph.parameters, ...graph.states, ...graph.constants.keys()], 1);
  const results = [...new Set(graph.outputs.values())];
  const resultBytes = results.map((value) => bytesOf(value, batch));
  const written = resultBytes.reduce((total, bytes) => total + bytes, 0);
  // The first part adds to zeros.
  const zeros = parts > 1 ? Math.max(...resultBytes) : 0;
  const alive = peakMemory(graph, samples) - given - sum(graph.inputs, samples) - sum(results, samples);
  const all = sum(new Set(graph.nodes.flatMap((node) => node.outputs)), samples) - sum(results, samples);
  const workspace = Math.min(arena.ofAlive * Math.max(0, alive), arena.ofAll * all);
  const fixed = given + sum(graph.inputs, batch) + written + zeros;
  return Math.ceil(fixed + workspace + nodeBytes * graph.nodes.length + sessionBytes);
}
