import { fansOf, initializers, sample } from './initializers.ts';
import { type ParameterLayout, viewOf } from './parameter-layout.ts';
import { eachRandomWord } from './random-stream.ts';

/**
 * Fresh parameters in the flat buffer of the layout, zeros between them. A function of layout and seed: each tensor
 * has a stream of its own, keyed by (seed, position in the layout), so the values are the same in every process.
 */
export function initializeParameters(layout: ParameterLayout, seed: number): Float32Array {
  const flat = new Float32Array(layout.elements);
  layout.entries.forEach((entry, position) => {
    const values = viewOf(flat, entry);
    const distribution = initializers[entry.initializer](fansOf(entry.shape));
    if (distribution.kind === 'constant') {
      values.fill(distribution.value);
      return;
    }
    eachRandomWord(entry.length, seed, 'initialization', [position, 0, 0], (index, word) => {
      values[index] = sample(distribution, word);
    });
  });
  return flat;
}
