import type { ImageOptions } from '@descent/contracts';
import type { Sharp } from 'sharp';

/** What every image of a column is brought to. */
export interface ImageShape {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly fit: NonNullable<ImageOptions['fit']>;
  /** Whether images of another size are scaled; else they are refused. */
  readonly scale: boolean;
  /** Whether a colour image may become grey. */
  readonly toGrey: boolean;
}

export interface ImageFacts {
  readonly width: number;
  readonly height: number;
  readonly grey: boolean;
}

/** Of a picture as it is stored: a photograph of 64 megapixels needs 200 MB to unpack. */
const maxPixels = 64e6;

/** Why a picture cannot be read, for the report. */
export class UnreadableImage extends Error {}

/** Size and colours of a PNG, JPEG or WebP image, upright. Throws UnreadableImage. */
export async function imageFacts(bytes: Buffer): Promise<ImageFacts> {
  const image = await open(bytes);
  const { width, height, channels, autoOrient } = await readable(() => image.metadata());
  return {
    width: autoOrient?.width ?? width,
    height: autoOrient?.height ?? height,
    grey: channels <= 2,
  };
}

/**
 * The pixels of a PNG, JPEG or WebP image, [height, width, channels] row-major: upright, on white where it is transparent, 8 bits
 * per channel. Throws UnreadableImage.
 */
export async function decodeImage(bytes: Buffer, shape: ImageShape): Promise<Uint8Array> {
  const { width, height, channels, fit } = shape;
  const facts = await imageFacts(bytes);
  const fits = facts.width === width && facts.height === height;
  if (!fits && !shape.scale) {
    throw new UnreadableImage(
      `it is ${facts.width} × ${facts.height}; the first image is ${width} × ${height}`,
    );
  }
  if (channels === 1 && !facts.grey && !shape.toGrey)
    throw new UnreadableImage('it has colours; the first image is grey');
  let image = (await open(bytes)).autoOrient().flatten({ background: '#ffffff' });
  if (!fits) image = image.resize(width, height, { fit, background: '#000000' });
  const { data, info } = await readable(() =>
    image
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  if (info.channels === channels) return data;
  // A grey picture stays grey in `srgb`, and padding may leave an alpha channel.
  const pixels = new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      pixels[pixel * channels + channel] =
        data[pixel * info.channels + (info.channels < channels ? 0 : channel)]!;
    }
  }
  return pixels;
}

async function open(bytes: Buffer): Promise<Sharp> {
  if (!isKnownImage(bytes)) throw new UnreadableImage('it is not PNG, JPEG or WebP');
  // Loaded with the first image: most processes that know data sets never decode one.
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  return sharp(bytes, { limitInputPixels: maxPixels, failOn: 'truncated', sequentialRead: true });
}

/** By its first bytes, so that none of the library's other formats is ever tried. */
export function isKnownImage(bytes: Buffer): boolean {
  return (
    bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n' ||
    bytes.toString('latin1', 0, 3) === '\xff\xd8\xff' ||
    (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP')
  );
}

async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const [first = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new UnreadableImage(first === '' ? 'it is damaged' : first, { cause });
  }
}
