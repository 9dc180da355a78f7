/** Pixels of an image as a canvas holds them: red, green, blue, alpha of each, row by row, 0 to 255. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export interface ImageSettings {
  /** 1: grey; 3: red, green, blue. */
  readonly channels: number;
  /** Dark on light becomes light on dark, as data sets of handwriting have it. */
  readonly inverted: boolean;
}

/** What a column of images holds of them. What is transparent counts as white paper. @returns [height][width][channels], 0 to 255 */
export function imageRow(
  { width, height, data }: Pixels,
  { channels, inverted }: ImageSettings,
): number[][][] {
  const level = (index: number, channel: number) => {
    const alpha = (data[index * 4 + 3] ?? 0) / 255;
    const value = (data[index * 4 + channel] ?? 0) * alpha + 255 * (1 - alpha);
    return inverted ? 255 - value : value;
  };
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const index = y * width + x;
      const colours = [0, 1, 2].map((channel) => level(index, channel)) as [number, number, number];
      if (channels === 1) return [Math.round(luminance(colours))];
      return colours.map(Math.round);
    }),
  );
}

/** Rec. 601, as every reader of images makes grey of colour. */
function luminance([red, green, blue]: readonly [number, number, number]): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
