import { type Graph, type Node, peakMemory, recompute } from '@descent/autodiff';
import { formatPath, type ModelSpec, nearestName } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { CompiledModel } from './compile-model.ts';
import type { LayerOutline } from './lowering.ts';

/** Batch size at which `auto` compares: so large that activations outweigh the gradients of the parameters. */
const comparedBatch = 4096;
/** Each part costs a walk over the graph, and a hostile spec may have 10,000 nodes. */
const mostRuns = 64;

/** The training graph with the parts recomputed that the spec asks for. */
export function applyCheckpointing(graph: Graph, { spec, layers }: CompiledModel): Graph {
  const { checkpointing } = spec;
  if (checkpointing === undefined) return graph;
  if (checkpointing === 'auto') return thriftiest(graph, layers);
  // The longest name first, so that a block inside of a named block is a part of its own.
  const names = checkpointing.toSorted((a, b) => b.length - a.length);
  return recompute(graph, ({ layer }) => names.find((name) => layer !== undefined && isIn(layer, name)));
}

/** @throws DescentError SPEC_UNKNOWN_VALUE for a name that no layer, block or node has */
export function checkCheckpointing(
  { checkpointing }: ModelSpec,
  layers: readonly LayerOutline[],
  at: readonly (string | number)[],
): void {
  if (checkpointing === undefined || checkpointing === 'auto') return;
  checkpointing.forEach((name, index) => {
    if (layers.some((layer) => isIn(layer.name, name))) return;
    const didYouMean = nearestName(
      name,
      layers.flatMap((layer) => [layer.name, unitOf(layer.name)]),
    );
    throw new DescentError('SPEC_UNKNOWN_VALUE', {
      path: formatPath([...at, 'checkpointing', index]),
      name,
      hint: didYouMean === undefined ? '' : `; did you mean "${didYouMean}"?`,
      ...(didYouMean === undefined ? {} : { didYouMean }),
    });
  });
}

/**
 * Runs of consecutive layers, cut so that each computes about as much; as many runs as need the least memory, tried
 * around the square root of the number of layers, where the kept results and one run's inner values balance.
 */
function thriftiest(graph: Graph, layers: readonly LayerOutline[]): Graph {
  const units = [...new Set(layers.map(({ name }) => unitOf(name)))];
  const root = Math.sqrt(units.length);
  const counts = new Set(
    [root / 2, root, 2 * root, units.length].map((count) =>
      Math.min(mostRuns, Math.max(2, Math.round(count))),
    ),
  );
  const candidates = [...counts].map((count) => recompute(graph, inRuns(units, count)));
  const memory = (candidate: Graph) => peakMemory(candidate, comparedBatch);
  return candidates.reduce((best, next) => (memory(next) < memory(best) ? next : best), graph);
}

function inRuns(units: readonly string[], count: number): (node: Node) => string | undefined {
  const runs = new Map(
    units.map((unit, index) => [unit, String(Math.floor((index * count) / units.length))]),
  );
  return ({ layer }) => (layer === undefined ? undefined : runs.get(unitOf(layer)));
}

/** What stands in the spec's list: the block that a layer is in, or the layer itself. */
function unitOf(layer: string): string {
  return layer.split('/', 1)[0]!;
}

function isIn(layer: string, name: string): boolean {
  return layer === name || layer.startsWith(`${name}/`);
}
