import { encodeNpz, tensor } from '@descent/tensors';
import { describe, expect, it } from 'vitest';
import { bindInputs } from './bind-inputs.ts';
import { failureOf } from './errors.fixture.ts';
import { createGather } from './gather.ts';
import { ingestFile } from './ingest-file.ts';
import { loadSplit } from './load-split.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { scratchFile } from './scratch.fixture.ts';

async function fixture() {
  const count = 5000;
  const arrays = encodeNpz([
    [
      'pixel',
      tensor(
        'uint8',
        [count, 2],
        Uint8Array.from({ length: 2 * count }, (_, i) => i % 256),
      ),
    ],
    [
      'x',
      tensor(
        'float32',
        [count],
        Float32Array.from({ length: count }, (_, i) => i / 2),
      ),
    ],
    [
      'n',
      tensor(
        'int32',
        [count],
        Int32Array.from({ length: count }, (_, i) => -i),
      ),
    ],
  ]);
  const artifacts = createMemoryArtifacts();
  const manifest = await ingestFile({ path: await scratchFile('data.npz', arrays), sink: artifacts });
  return { artifacts, manifest };
}

describe('createGather', () => {
  it('gathers over shard borders, transforms, and leaves the rest of the target alone', async () => {
    const { artifacts, manifest } = await fixture();
    const split = await loadSplit(manifest, 'train', ['pixel', 'x', 'n'], artifacts);
    const settings = {
      dataset: 'builtin:x',
      inputs: {
        p: { columns: ['pixel'], transform: { type: 'scale' as const, factor: 1 / 255, offset: -0.5 } },
        v: { columns: ['n', 'x'], transform: { type: 'scale' as const, factor: 2 } },
      },
    };
    const [p, v, raw, n] = bindInputs(settings, manifest, [
      { name: 'p', shape: [2], dtype: 'float32' },
      { name: 'v', shape: [2], dtype: 'float32' },
      { name: 'pixel', shape: [2, 1], dtype: 'float32' },
      { name: 'n', shape: [], dtype: 'int32' },
    ]);
    const samples = Uint32Array.of(4999, 0, 4096);

    const vectors = new Float32Array(8).fill(7);
    createGather(split, v!)(samples, vectors);
    expect([...vectors]).toEqual([-9998, 4999, 0, 0, -8192, 4096, 7, 7]);

    const pixels = new Float32Array(6);
    createGather(split, p!)(samples, pixels);
    const scaled = (x: number) => Math.fround(x * (1 / 255) - 0.5);
    expect([...pixels]).toEqual([9998, 9999, 0, 1, 8192, 8193].map((i) => scaled(i % 256)));
    createGather(split, raw!)(samples, pixels);
    expect([...pixels]).toEqual([9998, 9999, 0, 1, 8192, 8193].map((i) => i % 256));

    const integers = new Int32Array(3);
    createGather(split, n!)(samples, integers);
    expect([...integers]).toEqual([-4999, 0, -4096]);
  });

  it('refuses a sample beyond the split and a target that is too small', async () => {
    const { artifacts, manifest } = await fixture();
    const split = await loadSplit(manifest, 'train', ['x'], artifacts);
    const [x] = bindInputs({ dataset: 'builtin:x' }, manifest, [{ name: 'x', shape: [], dtype: 'float32' }]);
    const gather = createGather(split, x!);
    expect(() => gather(Uint32Array.of(5000), new Float32Array(1))).toThrow('has no sample 5000');
    expect(() => gather(Uint32Array.of(1, 2), new Float32Array(1))).toThrow('do not fit');
  });
});

describe('loadSplit', () => {
  it('refuses a shard whose content was altered', async () => {
    const { artifacts, manifest } = await fixture();
    const altered = {
      async get(hash: string) {
        const content = (await artifacts.get(hash)).slice();
        content[content.length - 1]! ^= 1;
        return content;
      },
    };
    expect(await failureOf(() => loadSplit(manifest, 'train', ['x'], altered))).toMatch(
      /^SHARD_DAMAGED: Shard [0-9a-f]{64} is damaged: its content does not match its hash$/,
    );
  });

  it('refuses to fill more memory than allowed', async () => {
    const { artifacts, manifest } = await fixture();
    expect(await failureOf(() => loadSplit(manifest, 'train', ['x'], artifacts, { maxBytes: 100 }))).toBe(
      'DATA_TOO_LARGE: Split "train" in memory is 20000 bytes; the limit is 100 bytes',
    );
  });
});
