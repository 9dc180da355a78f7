/** Normal-ish float32 values from a 32-bit generator (mulberry32), the same on every run. */
export function fillRandom(target: Float32Array, seed: number): void {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let index = 0; index < target.length; index++) target[index] = uniform() + uniform() + uniform() - 1.5;
}
