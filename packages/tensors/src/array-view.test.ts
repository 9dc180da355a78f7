import { expect, test } from 'vitest';
import { arrayView } from './array-view.ts';

test('elements at an odd address of a Buffer are its own, not those of the pool behind it', () => {
  const pool = Buffer.alloc(32, 0xff);
  const bytes = pool.subarray(3, 3 + 1 + 8);
  bytes.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 1);
  expect(arrayView('float32', bytes, 1, 2)).toEqual(Float32Array.of(1.5, -2));
});

test('elements at an even address share the memory', () => {
  const bytes = new Uint8Array(8);
  arrayView('float32', bytes, 4, 1)[0] = 1.5;
  expect(new Float32Array(bytes.buffer)).toEqual(Float32Array.of(0, 1.5));
});
