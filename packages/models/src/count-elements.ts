import { type FieldPath, formatPath, type LayerSpec, type ModelSpec } from '@descent/contracts';
import { DescentError } from '@descent/errors';

/** Blocks and calls inside each other. A name grows with each, so this bounds the length of names too. */
const deepestNesting = 32;

/**
 * Layers and nodes that a spec stands for once every repeat and every call is written out. Computed from the counts
 * alone, so a repeat of a billion layers costs nothing; saturates at 2⁵³ − 1.
 *
 * @throws DescentError SPEC_CYCLE for a function that calls itself, SPEC_TOO_LARGE for blocks nested too deep
 */
export function countElements(spec: ModelSpec, at: FieldPath): number {
  const functions = new Map(Object.entries(spec.functions ?? {}));
  const counts = new Map<string, number>();
  const open: string[] = [];

  const countList = (layers: readonly LayerSpec[], path: FieldPath, depth: number): number => {
    if (depth > deepestNesting) throw tooDeep(path);
    let sum = 0;
    layers.forEach((layer, index) => {
      sum += 1 + countInside(layer, [...path, index], depth + 1);
    });
    return Math.min(sum, Number.MAX_SAFE_INTEGER);
  };
  const countInside = (layer: LayerSpec, path: FieldPath, depth: number): number => {
    switch (layer.type) {
      case 'repeat':
        return layer.times * countList(layer.layers, [...path, 'layers'], depth);
      case 'residual': {
        const shortcut = countList(layer.shortcut ?? [], [...path, 'shortcut'], depth);
        return shortcut + countList(layer.layers, [...path, 'layers'], depth);
      }
      case 'call':
        return countFunction(layer.function, path, depth);
      default:
        return 0;
    }
  };
  const countFunction = (name: string, path: FieldPath, depth: number): number => {
    const known = counts.get(name);
    const body = functions.get(name);
    if (known !== undefined || body === undefined) return known ?? 0;
    if (open.includes(name)) throw recursion([...open.slice(open.indexOf(name)), name], path);
    open.push(name);
    const count = countList(body.layers, [...at, 'functions', name, 'layers'], depth);
    open.pop();
    counts.set(name, count);
    return count;
  };

  return countList(spec.layers ?? [], [...at, 'layers'], 0) + (spec.nodes ?? []).length;
}

function recursion(circle: readonly string[], path: FieldPath): DescentError {
  return new DescentError('SPEC_CYCLE', {
    path: formatPath(path),
    layer: circle[0]!,
    cycle: circle.join(' → '),
  });
}

function tooDeep(path: FieldPath): DescentError {
  return new DescentError('SPEC_TOO_LARGE', {
    path: formatPath(path),
    what: 'the number of blocks and calls inside each other',
    actual: deepestNesting + 1,
    limit: deepestNesting,
  });
}
