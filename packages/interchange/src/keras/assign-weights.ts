import type { CompiledModel } from '@descent/models';
import type { ReadVariable } from './read-layer.ts';
import { invalid, type KerasLayer } from './read-topology.ts';
import type { Floats } from './variables.ts';

interface LayerVariables {
  readonly layer: KerasLayer;
  /** Of the layer in the spec. */
  readonly name: string;
  readonly variables: readonly ReadVariable[];
}

/**
 * Finds the tensor of every variable by its path in the file (`dense/kernel`, `lstm/lstm_cell/kernel`) and turns its
 * axes to those of the model.
 *
 * @throws DescentError KERAS_INVALID when one is missing, ambiguous, or of another shape
 */
export function assignWeights(
  { layout }: CompiledModel,
  layers: readonly LayerVariables[],
  stored: ReadonlyMap<string, Floats>,
): ReadonlyMap<string, Floats> {
  const shapes = new Map(layout.entries.map(({ name, shape }) => [name, shape]));
  const weights = new Map<string, Floats>();
  for (const { layer, name, variables } of layers) {
    for (const variable of variables) {
      const key = `${name}/${variable.ours}`;
      const expected = shapes.get(key);
      // A layer that the prediction does not depend on.
      if (expected === undefined) continue;
      const [path, tensor] = find(stored, layer, variable);
      const read = scaledGates(variable.layout.read(tensor), variable.factors);
      if (read.shape.join() !== expected.join()) {
        const problem = `weight "${path}" has shape [${tensor.shape}], which is [${read.shape}] here; the layer has [${expected}]`;
        throw invalid(problem);
      }
      weights.set(key, read);
    }
  }
  return weights;
}

function find(
  stored: ReadonlyMap<string, Floats>,
  { name }: KerasLayer,
  { keras, direction }: ReadVariable,
): readonly [string, Floats] {
  const matches = [...stored].filter(([path]) => {
    const parts = path.split('/');
    if (parts.at(-1)?.replace(/:\d+$/, '') !== keras) return false;
    const owners = parts.slice(0, -1);
    const inDirection = direction === undefined || owners.some((part) => part.startsWith(`${direction}_`));
    return inDirection && owners.includes(name);
  });
  const [match, ...others] = matches;
  if (match !== undefined && others.length === 0) return match;
  const what = `"${name}/${direction === undefined ? '' : `${direction}_…/`}${keras}"`;
  throw invalid(
    match === undefined
      ? `the weights have no ${what}`
      : `the weights have several ${what}: ${matches.map(([path]) => `"${path}"`).join(', ')}`,
  );
}

function scaledGates(tensor: Floats, factors: readonly number[] | undefined): Floats {
  if (factors === undefined) return tensor;
  const width = tensor.shape.at(-1)!;
  const units = width / factors.length;
  const data = tensor.data.map((value, index) => value * factors[Math.floor((index % width) / units)]!);
  return { ...tensor, data };
}
