import { dtypes, elementCount } from '@descent/tensors';
import { bind } from './dim.ts';
import type { Graph } from './graph.ts';
import { sumsOfSamples } from './sums-of-samples.ts';

/**
 * Bytes of the largest value of a part, and of all its values together, of which a quarter or less is kept at a time: what
 * the caches of a CPU hold.
 */
const largestBytes = 8 * 2 ** 20;
const totalBytes = 256 * 2 ** 20;

/**
 * In how many equal parts a CPU should compute a batch, one after the other, their results added up in place: values that stay in
 * the caches of the CPU are read faster, and the memory of a run is that of a part. 1 where an output is not a sum over
 * samples. Measured: docs/performance.md.
 */
export function partsOf(graph: Graph, batch: number, outputs: readonly string[]): number {
  const sums = sumsOfSamples(graph);
  if (!outputs.every((name) => sums.has(name) && isFloat(graph, name))) return 1;
  const growing = sizesByPower(graph);
  const fits = (samples: number): boolean => {
    const sizes = growing.map(({ largest, total }, power) => [
      largest * samples ** power,
      total * samples ** power,
    ]);
    const largest = Math.max(...sizes.map(([bytes]) => bytes!));
    return largest <= largestBytes && sizes.reduce((sum, [, bytes]) => sum + bytes!, 0) <= totalBytes;
  };
  for (let parts = 1; parts <= batch; parts += 1) {
    if (batch % parts === 0 && fits(batch / parts)) return parts;
  }
  return 1;
}

/** Bytes of the values that nodes make and that grow with the batch, at one sample; at index p those that grow with its p-th power. */
function sizesByPower(graph: Graph): readonly { readonly largest: number; readonly total: number }[] {
  const sizes = [{ largest: 0, total: 0 }];
  for (const value of graph.nodes.flatMap((node) => node.outputs)) {
    const { dtype, shape } = graph.types.get(value)!;
    if (!shape.some((dim) => typeof dim === 'string')) continue;
    const bytes = elementCount(bind(shape, 1)) * dtypes[dtype].bytes;
    if (bytes === 0) continue;
    const power = Math.log2((elementCount(bind(shape, 2)) * dtypes[dtype].bytes) / bytes);
    while (sizes.length <= power) sizes.push({ largest: 0, total: 0 });
    const { largest, total } = sizes[power]!;
    sizes[power] = { largest: Math.max(largest, bytes), total: total + bytes };
  }
  return sizes;
}

function isFloat(graph: Graph, output: string): boolean {
  return graph.types.get(graph.outputs.get(output)!)!.dtype === 'float32';
}
