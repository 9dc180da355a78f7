import { gzipSync } from 'node:zlib';
import type { ImageOptions } from '@descent/contracts';
import { decodeSafetensors } from '@descent/tensors';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from './errors.fixture.ts';
import { ingestFiles } from './ingest-file.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { scratchFile } from './scratch.fixture.ts';
import { tarOf } from './tar.fixture.ts';

/** A plain image. */
function image(
  [width, height]: [number, number],
  [red, green, blue]: [number, number, number],
  format: 'png' | 'jpeg' | 'webp' = 'png',
): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: { r: red, g: green, b: blue } } })
    .toFormat(format, { lossless: true, quality: 100 })
    .toBuffer();
}

let red: Buffer;
let blue: Buffer;
let grey: Buffer;
beforeAll(async () => {
  red = await image([2, 3], [255, 0, 0]);
  blue = await image([2, 3], [0, 0, 255]);
  grey = await sharp(Buffer.from([10, 20, 30, 40, 50, 60]), { raw: { width: 2, height: 3, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
});

async function ingest(content: Uint8Array, { name = 'images.zip', image = {} as ImageOptions } = {}) {
  const sink = createMemoryArtifacts();
  const path = await scratchFile(name, content);
  const { manifest, report } = await ingestFiles({ files: [{ path, options: { image } }], sink });
  const splits = await Promise.all(
    manifest.splits.map(async ({ name: split, shards }) => {
      const { tensors } = decodeSafetensors(await sink.get(shards[0]!.hash));
      return [split, [...tensors.get('image')!.data], [...(tensors.get('label')?.data ?? [])]];
    }),
  );
  return { manifest, report, splits };
}

const failure = (content: Uint8Array, options: { name?: string; image?: ImageOptions } = {}) =>
  failureOf(() => ingest(content, options));

const six = (red: number, green: number, blue: number) =>
  Array.from({ length: 6 }, () => [red, green, blue]).flat();

describe('ingesting images', () => {
  it('takes splits and classes from folders, classes in sorted order', async () => {
    const { manifest, splits } = await ingest(
      zipSync({
        'shapes/train/red/1.png': red,
        'shapes/train/blue/2.png': blue,
        'shapes/test/red/3.png': red,
        '__MACOSX/shapes/._1.png': Buffer.from('x'),
        'shapes/.DS_Store': Buffer.from('x'),
      }),
    );
    expect(manifest.columns.map(({ statistics: _, ...column }) => column)).toEqual([
      { name: 'image', dtype: 'uint8', shape: [3, 2, 3], kind: 'image' },
      { name: 'label', dtype: 'int32', shape: [], classes: ['blue', 'red'] },
    ]);
    expect(splits).toEqual([
      ['train', [...six(255, 0, 0), ...six(0, 0, 255)], [1, 0]],
      ['test', six(255, 0, 0), [1]],
    ]);
  });

  it('reads tar, packed or not, PNG, JPEG and WebP alike', async () => {
    const jpeg = await image([2, 3], [0, 0, 254], 'jpeg');
    const webp = await image([2, 3], [0, 0, 255], 'webp');
    const tar = await tarOf([
      { name: './red/1.png', content: red },
      { name: 'blue/1.jpg', content: jpeg },
      { name: 'blue/2.webp', content: webp },
    ]);
    for (const [name, content] of [
      ['a.tar', tar],
      ['a.tar.gz', gzipSync(tar)],
    ] as const) {
      const { manifest, splits } = await ingest(content, { name });
      expect(manifest.splits.map(({ name: split, count }) => [split, count])).toEqual([['train', 3]]);
      expect(splits[0]![1]).toEqual([...six(255, 0, 0), ...six(0, 0, 254), ...six(0, 0, 255)]);
      expect(splits[0]![2]).toEqual([1, 0, 0]);
    }
  });

  it('takes labels, numbers too, and splits from a table', async () => {
    const table = (rows: string) =>
      zipSync({ 'labels.csv': Buffer.from(rows), 'img/a.png': red, 'img/b.png': blue, 'img/c.png': red });
    const classes = await ingest(table('file,label,split\na.png,warm,train\nimg/b.png,cold,val\n'));
    expect(classes.splits.map(([split, , labels]) => [split, labels])).toEqual([
      ['train', [1]],
      ['validation', [0]],
    ]);
    const numbers = await ingest(table('image,target\na,0.5\nb,2\nc,3\n'));
    expect(numbers.manifest.columns[1]).toMatchObject({ dtype: 'float32' });
    expect(numbers.splits).toEqual([['train', expect.anything(), [0.5, 2, 3]]]);
    expect(await failure(table('file,label\nx.png,1\n'))).toBe(
      'IMAGE_FOLDERS_INVALID: The images cannot be sorted into splits and classes: row 2 of the table names "x.png", which is not there',
    );
  });

  it('keeps grey images grey, row by row, and turns colours grey when asked to', async () => {
    const plain = await ingest(zipSync({ 'a/1.png': grey }));
    expect(plain.manifest.columns[0]).toMatchObject({ shape: [3, 2, 1] });
    expect(plain.splits[0]![1]).toEqual([10, 20, 30, 40, 50, 60]);
    const asked = await ingest(zipSync({ 'a/1.png': red, 'b/2.png': grey }), { image: { channels: 'rgb' } });
    expect(asked.splits[0]![1]).toEqual([
      ...six(255, 0, 0),
      ...[10, 20, 30, 40, 50, 60].flatMap((x) => [x, x, x]),
    ]);
    expect(
      (await ingest(zipSync({ 'a/1.png': red }), { image: { channels: 'grey' } })).splits[0]![1],
    ).toHaveLength(6);
  });

  it('scales and crops, or pads, to the size that was asked for', async () => {
    // Left half black, right half white, 8 × 4.
    const wide = await sharp(Buffer.from(Array.from({ length: 32 }, (_, i) => (i % 8 < 4 ? 0 : 255))), {
      raw: { width: 8, height: 4, channels: 1 },
    })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const at = async (fit: ImageOptions['fit']) =>
      (await ingest(zipSync({ 'a/1.png': wide }), { image: { width: 4, height: 4, ...(fit && { fit }) } }))
        .splits[0]![1];
    expect(await at(undefined)).toEqual([0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255]);
    const contained = (await at('contain')) as number[];
    expect(contained.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(contained[7]).toBeGreaterThan(200);
    expect(await at('fill')).toHaveLength(16);
  });

  it('leaves out what cannot be read and says which, as long as it is little', async () => {
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`a/${i}.png`, red]));
    files['a/7.png'] = red.subarray(0, 60);
    const { manifest, report } = await ingest(zipSync(files));
    expect(manifest.splits[0]!.count).toBe(19);
    expect(report.findings.find(({ kind }) => kind === 'unreadable')).toMatchObject({
      split: 'train',
      count: 1,
      files: [expect.stringMatching(/^a\/7\.png: ./)],
    });
    files['a/8.png'] = Buffer.from('GIF89a');
    files['a/9.png'] = Buffer.from('<svg/>');
    expect(await failure(zipSync(files))).toMatch(
      /^IMAGES_UNREADABLE: 3 of 20 images cannot be used; the first is a\/7\.png: /,
    );
  });

  it('asks for a size when images differ in theirs', async () => {
    const other = await image([5, 5], [1, 2, 3]);
    expect(await failure(zipSync({ 'a/1.png': red, 'a/2.png': other }))).toBe(
      'IMAGES_UNREADABLE: 1 of 2 images cannot be used; the first is a/2.png: it is 5 × 5; the first image is 2 × 3',
    );
  });

  it('refuses a picture that would unpack to gigapixels', async () => {
    // 60,000 × 60,000 in 80 bytes: the size is read, the pixels never are.
    const bomb = Buffer.from(red);
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    expect(await failure(zipSync({ 'a/1.png': bomb }))).toMatch(/^IMAGES_UNREADABLE/);
  });

  it.each<[string, () => Promise<Uint8Array>, string]>([
    [
      'a path out of a zip',
      async () => zipSync({ '../1.png': red }),
      'ARCHIVE_REFUSED: The archive is refused: invalid relative path: ../1.png',
    ],
    [
      'a path out of a tar',
      () => tarOf([{ name: 'a/../../1.png', content: red }]),
      'ARCHIVE_REFUSED: The archive is refused: "a/../../1.png" is not a relative path inside the archive',
    ],
    [
      'a link in a tar',
      () => tarOf([{ name: 'a/1.png', type: 'symlink' }]),
      'ARCHIVE_REFUSED: The archive is refused: "a/1.png" is a symlink; only files and folders are read',
    ],
    [
      'a name twice',
      () =>
        tarOf([
          { name: 'a/1.png', content: red },
          { name: 'a/1.png', content: red },
        ]),
      'ARCHIVE_REFUSED: The archive is refused: "a/1.png" occurs twice',
    ],
    [
      'an archive inside',
      async () => zipSync({ 'a/1.png': red, 'more.zip': red }),
      'ARCHIVE_REFUSED: The archive is refused: "more.zip" is an archive in the archive',
    ],
    [
      'a tar cut short',
      async () => (await tarOf([{ name: 'a/1.png', content: Buffer.alloc(5000) }])).subarray(0, 2000),
      'ARCHIVE_REFUSED: The archive is refused: Unexpected end of data',
    ],
    [
      'damaged gzip',
      async () => gzipSync(await tarOf([{ name: 'a/1.png', content: red }])).subarray(0, 120),
      'FILE_FORMAT_UNKNOWN: The format of upload is not known: its gzip data is damaged',
    ],
    [
      'folders of several depths',
      async () => zipSync({ 'a/1.png': red, 'b/c/d/2.png': red }),
      'IMAGE_FOLDERS_INVALID: The images cannot be sorted into splits and classes: "b/c/d/2.png" stands 3 folders deep; folders must be split/class/file or class/file throughout',
    ],
    [
      'no image',
      async () => zipSync({ 'a/readme.txt': red }),
      'DATA_EMPTY: There are no samples in the archive: it has no PNG, JPEG or WebP image',
    ],
  ])('refuses %s', async (_what, content, expected) => {
    expect(await failure(await content(), { name: 'upload' })).toBe(expected);
  });
});
