import { nearestName } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { CompiledModel, ParameterLayout } from '@descent/models';
import { initializeParameters, viewOf } from '@descent/models';
import { decodeSafetensors } from '@descent/tensors';
import { flattenArray } from '../predict/nested-rows.ts';

/**
 * The flat parameters in a file of weights (`<name>`) or a checkpoint (`parameters/<name>`).
 * @throws DescentError SAFETENSORS_INVALID
 */
export function decodeParameters(
  layout: ParameterLayout,
  file: Uint8Array,
  prefix: '' | 'parameters/',
): Float32Array {
  const { tensors } = decodeSafetensors(file);
  const flat = new Float32Array(layout.elements);
  for (const entry of layout.entries) {
    const stored = tensors.get(`${prefix}${entry.name}`);
    if (!(stored?.data instanceof Float32Array) || stored.shape.join() !== entry.shape.join()) {
      const problem = `it has no float32 [${entry.shape}] named "${prefix}${entry.name}"`;
      throw new DescentError('SAFETENSORS_INVALID', { problem });
    }
    viewOf(flat, entry).set(stored.data);
  }
  return flat;
}

/**
 * Parameters as a job would start with them, but for those that are given as nested arrays.
 * @throws DescentError REQUEST_INVALID that names the parameter and the element
 */
export function givenParameters(
  { layout }: CompiledModel,
  given: Readonly<Record<string, unknown>>,
  seed: number,
): Float32Array {
  const flat = initializeParameters(layout, seed);
  const names = layout.entries.map(({ name }) => name);
  for (const [name, value] of Object.entries(given)) {
    const entry = layout.entries.find((candidate) => candidate.name === name);
    if (entry === undefined) {
      const didYouMean = nearestName(name, names);
      throw new DescentError('REQUEST_INVALID', {
        path: `parameters.${name}`,
        problem: `the model has no parameter "${name}"; it has ${names.join(', ') || 'none'}`,
        ...(didYouMean === undefined ? {} : { didYouMean }),
      });
    }
    viewOf(flat, entry).set(flattenArray(value, entry.shape, `parameters.${name}`));
  }
  return flat;
}
