import { bind, type Graph, sumsOfSamples } from '@descent/autodiff';
import { dtypes, elementCount } from '@descent/tensors';

/**
 * Bytes of the largest value of a part, and of all its values together, of which a quarter or less is kept at a time: what
 * the caches of a CPU hold.
 */
const largestBytes = 8 * 2 ** 20;
const totalBytes = 256 * 2 ** 20;

/**
 * In how many equal parts to compute a batch, one after the other, their results added up in place: values that stay in
 * the caches of the CPU are read faster, and the memory of a run is that of a part. 1 where an output is not a sum over
 * samples. Measured: docs/performance.md.
 */
export function partsOf(graph: Graph, batch: number, outputs: readonly string[]): number {
  const sums = sumsOfSamples(graph);
  if (!outputs.every((name) => sums.has(name) && isFloat(graph, name))) return 1;
  const produced = graph.nodes.flatMap((node) => node.outputs);
  const fits = (samples: number): boolean => {
    const sizes = produced.map((value) => {
      const { dtype, shape } = graph.types.get(value)!;
      return shape.some((dim) => typeof dim === 'string')
        ? elementCount(bind(shape, samples)) * dtypes[dtype].bytes
        : 0;
    });
    return Math.max(...sizes) <= largestBytes && sizes.reduce((sum, size) => sum + size, 0) <= totalBytes;
  };
  for (let parts = 1; parts <= batch; parts += 1) {
    if (batch % parts === 0 && fits(batch / parts)) return parts;
  }
  return 1;
}

function isFloat(graph: Graph, output: string): boolean {
  return graph.types.get(graph.outputs.get(output)!)!.dtype === 'float32';
}
