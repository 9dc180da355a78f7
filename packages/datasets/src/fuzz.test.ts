import { expect, it } from 'vitest';
import { type FuzzedFormat, fuzz, fuzzTargets } from './fuzz.fixture.ts';
import { scratchFile } from './scratch.fixture.ts';

it.each(Object.keys(fuzzTargets) as FuzzedFormat[])(
  'a thousand damaged files of %s are read or refused by name',
  { timeout: 120_000 },
  async (format) => {
    const path = await scratchFile('fuzzed', '');
    const { read, refused } = await fuzz(format, { inputs: 1000, seed: 1, path });
    const all = [...refused.values()].reduce((sum, count) => sum + count, read);
    expect(all).toBe(1000);
    // Damage that broke nothing, or everything, would prove little.
    expect(read).toBeLessThan(1000);
  },
);
