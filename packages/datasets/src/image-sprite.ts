import type { Column, DatasetPreview } from '@descent/contracts';
import sharp from 'sharp';
import type { ColumnArray } from './column.ts';

const largestSide = 96;
const perRow = 10;

/** Bytes [height, width], [height, width, 1] or [height, width, 3], more than a few pixels. */
export function isImage({ dtype, shape, kind }: Column): boolean {
  const [height = 0, width = 0, channels = 1] = shape;
  const image = (shape.length === 2 || shape.length === 3) && (channels === 1 || channels === 3);
  return dtype === 'uint8' && kind !== 'text' && image && height >= 4 && width >= 4;
}

type Sprite = Omit<NonNullable<DatasetPreview['images']>, 'column'>;

/**
 * The images of some samples side by side in one PNG, ten in a row, none larger than 96 pixels. Grey levels are stretched
 * so that the largest of the column is white: digits of 0 to 16 would all be black.
 */
export async function imageSprite(
  { shape, statistics }: Column,
  data: ColumnArray,
  samples: readonly number[],
): Promise<Sprite> {
  const [height = 1, width = 1, channels = 1] = shape;
  const [columns, lines] = [Math.min(perRow, samples.length), Math.ceil(samples.length / perRow)];
  const stretch = statistics.maximum > 0 && statistics.maximum <= 64 ? 255 / statistics.maximum : 1;
  const pixels = Buffer.alloc(columns * width * lines * height * channels);
  const stride = columns * width * channels;
  samples.forEach((sample, index) => {
    const left = (index % perRow) * width * channels;
    const top = Math.floor(index / perRow) * height;
    for (let y = 0; y < height; y++) {
      const from = (sample * height + y) * width * channels;
      const to = (top + y) * stride + left;
      for (let i = 0; i < width * channels; i++) pixels[to + i] = data[from + i]! * stretch;
    }
  });
  const scale = Math.min(1, largestSide / Math.max(height, width));
  const [shownWidth, shownHeight] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const whole = sharp(pixels, {
    raw: { width: columns * width, height: lines * height, channels: channels as 1 | 3 },
  });
  const png = await (scale === 1
    ? whole
    : whole.resize(columns * shownWidth!, lines * shownHeight!, { fit: 'fill' })
  )
    .png()
    .toBuffer();
  return { width: shownWidth!, height: shownHeight!, perRow: columns, png: png.toString('base64') };
}
