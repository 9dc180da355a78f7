import type { DataFinding, ImageOptions } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type ArchiveFile, archiveFiles } from './archive.ts';
import { allocateColumn, type ColumnLayout } from './column.ts';
import { csvTable } from './csv-rows.ts';
import {
  decodeImage,
  type ImageFacts,
  type ImageShape,
  imageFacts,
  UnreadableImage,
} from './decode-image.ts';
import { type ImagePlace, type ImagePlaces, isLabelTable, placeImages } from './image-places.ts';
import type { SampleBlock, SplitSource } from './split-source.ts';

const imageEnding = /\.(?:png|jpe?g|webp)$/i;
const archiveEnding = /\.(?:zip|tar|tgz|gz|7z|rar)$/i;
/** Images that are decoded at once: one waits for the other only to keep their order. */
const ahead = 4;
const blockBytes = 4 * 1024 ** 2;
const maxSampleBytes = 64 * 1024 ** 2;
/** Of a split; more says that the archive is not what it should be. */
const maxUnreadable = 0.1;
const maxShown = 10;

/**
 * A zip or tar archive (gzip too) of PNG, JPEG and WebP images: column `image` and, where folders or a table of labels say
 * what they show, `label`. Images are in the order of the archive. What cannot be read is left out and reported.
 * Throws ARCHIVE_REFUSED, IMAGE_FOLDERS_INVALID, DATA_EMPTY, DATA_TOO_LARGE; while reading IMAGES_UNREADABLE.
 */
export async function openImages(path: string, split: string, options: ImageOptions): Promise<SplitSource[]> {
  const { names, table, first } = await survey(path);
  const places = placeImages(names, table, split);
  const shape = shapeOf(first, options);
  const columns: ColumnLayout[] = [
    { name: 'image', dtype: 'uint8', shape: [shape.height, shape.width, shape.channels], kind: 'image' },
    ...(places.labels === undefined
      ? []
      : [
          {
            name: 'label',
            dtype: places.labels,
            shape: [],
            ...(places.classes === undefined ? {} : { classes: [...places.classes] }),
          },
        ]),
  ];
  return places.splits.map((name) => imageSplit(path, name, columns, shape, places));
}

/** The first reading: names, the table of labels, and the first image. */
async function survey(path: string): Promise<{
  readonly names: readonly string[];
  readonly table: readonly (readonly string[])[] | undefined;
  readonly first: ImageFacts;
}> {
  const names: string[] = [];
  let table: string[][] | undefined;
  let first: ImageFacts | undefined;
  for await (const file of archiveFiles(path)) {
    if (archiveEnding.test(file.name))
      throw new DescentError('ARCHIVE_REFUSED', { problem: `"${file.name}" is an archive in the archive` });
    if (/\.[ct]sv$/i.test(file.name)) {
      const rows = csvTable(await file.read());
      if (isLabelTable(rows) && table !== undefined)
        throw new DescentError('IMAGE_FOLDERS_INVALID', { problem: 'it holds two tables of labels' });
      if (isLabelTable(rows)) table = rows;
    }
    if (!imageEnding.test(file.name)) continue;
    names.push(file.name);
    first ??= await factsOf(file);
  }
  if (names.length === 0)
    throw new DescentError('DATA_EMPTY', { part: 'the archive: it has no PNG, JPEG or WebP image' });
  if (first === undefined) {
    throw new DescentError('IMAGES_UNREADABLE', {
      count: names.length,
      total: names.length,
      first: names[0],
      problem: 'none of them is PNG, JPEG or WebP inside',
    });
  }
  return { names, table, first };
}

async function factsOf(file: ArchiveFile): Promise<ImageFacts | undefined> {
  try {
    return await imageFacts(await file.read());
  } catch (error) {
    if (error instanceof UnreadableImage) return undefined;
    throw error;
  }
}

function shapeOf(first: ImageFacts, { width, height, fit = 'cover', channels }: ImageOptions): ImageShape {
  const shape: ImageShape = {
    width: width ?? height ?? first.width,
    height: height ?? width ?? first.height,
    channels: channels === 'grey' || (channels === undefined && first.grey) ? 1 : 3,
    fit,
    scale: width !== undefined || height !== undefined,
    toGrey: channels === 'grey',
  };
  const bytes = shape.width * shape.height * shape.channels;
  if (bytes > maxSampleBytes) {
    throw new DescentError('DATA_TOO_LARGE', {
      part: `An image of ${shape.width} × ${shape.height}`,
      actual: `${bytes} bytes`,
      limit: `${maxSampleBytes} bytes`,
    });
  }
  return shape;
}

function imageSplit(
  path: string,
  name: string,
  columns: readonly ColumnLayout[],
  shape: ImageShape,
  { places }: ImagePlaces,
): SplitSource {
  const unreadable: string[] = [];
  let left = 0;
  let total = 0;
  const imageBytes = shape.width * shape.height * shape.channels;
  const capacity = Math.max(1, Math.floor(blockBytes / imageBytes));

  async function* decoded(): AsyncGenerator<{ place: ImagePlace; pixels: Uint8Array }> {
    const waiting: Promise<Decoded>[] = [];
    const taken = (image: Decoded) => {
      if ('pixels' in image) return [image];
      left++;
      if (unreadable.length < maxShown) unreadable.push(`${image.file}: ${image.problem}`);
      return [];
    };
    try {
      for await (const file of archiveFiles(path)) {
        const place = places.get(file.name);
        if (place?.split !== name) continue;
        total++;
        waiting.push(decode(file.name, await file.read(), place, shape));
        if (waiting.length >= ahead) yield* taken(await waiting.shift()!);
      }
      while (waiting.length > 0) yield* taken(await waiting.shift()!);
    } finally {
      await Promise.allSettled(waiting);
    }
  }

  async function* blocks(): AsyncGenerator<SampleBlock> {
    const data = columns.map(({ dtype }, c) => allocateColumn(dtype, capacity * (c === 0 ? imageBytes : 1)));
    let count = 0;
    for await (const { place, pixels } of decoded()) {
      data[0]!.set(pixels, count * imageBytes);
      if (data[1] !== undefined) data[1][count] = place.label ?? 0;
      if (++count < capacity) continue;
      yield { count, data };
      count = 0;
    }
    if (left > total * maxUnreadable) {
      const [first = ''] = unreadable;
      const [file, problem] = [first.slice(0, first.indexOf(': ')), first.slice(first.indexOf(': ') + 2)];
      throw new DescentError('IMAGES_UNREADABLE', { count: left, total, first: file, problem });
    }
    if (count > 0) yield { count, data };
  }

  return {
    name,
    columns,
    blocks,
    findings: (): DataFinding[] =>
      left === 0
        ? []
        : [
            {
              kind: 'unreadable',
              split: name,
              count: left,
              exact: true,
              samples: [],
              files: [...unreadable],
            },
          ],
  };
}

type Decoded =
  | { readonly place: ImagePlace; readonly pixels: Uint8Array }
  | { readonly file: string; readonly problem: string };

async function decode(file: string, bytes: Buffer, place: ImagePlace, shape: ImageShape): Promise<Decoded> {
  try {
    return { place, pixels: await decodeImage(bytes, shape) };
  } catch (error) {
    if (error instanceof UnreadableImage) return { file, problem: error.message };
    throw error;
  }
}
