import { encodeNpz, tensor } from '@descent/tensors';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { failureOf } from './errors.fixture.ts';
import { type IngestInput, ingestFile } from './ingest-file.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { previewDataset } from './preview-dataset.ts';
import { scratchFile } from './scratch.fixture.ts';

async function ingested(name: string, bytes: Uint8Array, options: IngestInput['options'] = {}) {
  const sink = createMemoryArtifacts();
  const path = await scratchFile(name, bytes);
  return { artifacts: sink, manifest: await ingestFile({ path, sink, options }) };
}

test('rows show classes by name, dates, and null for what is missing', async () => {
  const csv = 'born,kind,weight\n2001-02-03,ash,1.5\n2002-03-04,,\n2003-04-05,oak,2\n';
  const { artifacts, manifest } = await ingested('t.csv', Buffer.from(csv));
  expect(await previewDataset(manifest, { offset: 1, count: 5 }, artifacts)).toEqual({
    split: 'train',
    count: 3,
    offset: 1,
    rows: [
      { born: '2002-03-04', kind: null, weight: null },
      { born: '2003-04-05', kind: 'oak', weight: 2 },
    ],
    images: null,
    text: null,
  });
  expect((await previewDataset(manifest, { offset: 9, count: 5 }, artifacts)).rows).toEqual([]);
});

test('images stand in one sprite, in the order of the rows, over shard borders', async () => {
  const count = 4100;
  const image = Uint8Array.from({ length: count * 16 }, (_, i) => (i >> 4) % 251);
  const arrays = encodeNpz([
    ['image', tensor('uint8', [count, 4, 4], image)],
    [
      'label',
      tensor(
        'int32',
        [count],
        Int32Array.from({ length: count }, (_, i) => i),
      ),
    ],
  ]);
  const { artifacts, manifest } = await ingested('t.npz', arrays);
  const preview = await previewDataset(manifest, { offset: 4090, count: 10 }, artifacts);
  expect(preview.rows[0]).toEqual({ label: 4090 });
  expect(preview.images).toMatchObject({ column: 'image', width: 4, height: 4, perRow: 10 });
  const { data, info } = await sharp(Buffer.from(preview.images!.png, 'base64'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([40, 4]);
  expect(Array.from({ length: 10 }, (_, i) => data[i * 4 * info.channels])).toEqual(
    Array.from({ length: 10 }, (_, i) => (4090 + i) % 251),
  );
});

test.each(['character', 'byte', 'bpe'] as const)(
  'tokens of kind %s are shown as their text',
  async (tokens) => {
    const text = 'the cat and the dog and the ünïcörn\n'.repeat(30);
    const { artifacts, manifest } = await ingested('t.txt', Buffer.from(text), {
      text: { tokens, vocabulary: 270 },
    });
    const preview = await previewDataset(manifest, { offset: 0, count: 5 }, artifacts);
    expect(preview.text).toBe(text);
    expect(preview.rows).toHaveLength(5);
  },
);

test('an unknown split is refused', async () => {
  const { artifacts, manifest } = await ingested('t.csv', Buffer.from('a\n1\n2\n'));
  expect(
    await failureOf(() => previewDataset(manifest, { split: 'test', offset: 0, count: 1 }, artifacts)),
  ).toBe('SPLIT_UNKNOWN: split: the data set has no split "test"; it has train');
});
