/** Grey levels of a drawing, row by row: 0 is paper, 255 ink. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly ink: Uint8ClampedArray;
}

/**
 * A drawing as a data set of handwritten digits holds it (MNIST's recipe): cut to what is drawn, scaled to fit a box of
 * 20/28 of the size with its proportions kept, and placed so that the centre of mass is the centre of the image.
 * @returns grey levels [height][width], 0 to 255
 */
export function digitOf(drawing: Drawing, width: number, height: number): number[][] {
  const empty = () => Array.from({ length: height }, () => new Array<number>(width).fill(0));
  const bounds = boundsOf(drawing);
  if (bounds === null) return empty();
  const { left, top, right, bottom } = bounds;
  const scale = Math.max((right - left) / ((width * 20) / 28), (bottom - top) / ((height * 20) / 28));
  const small = { width: Math.ceil((right - left) / scale), height: Math.ceil((bottom - top) / scale) };
  const shrunk = Array.from({ length: small.height }, (_, row) =>
    Array.from({ length: small.width }, (_, column) =>
      mean(drawing, left + column * scale, top + row * scale, scale),
    ),
  );

  let mass = 0;
  let [massX, massY] = [0, 0];
  for (const [row, levels] of shrunk.entries()) {
    for (const [column, level] of levels.entries()) {
      mass += level;
      massX += level * (column + 0.5);
      massY += level * (row + 0.5);
    }
  }
  const shiftX = Math.round(width / 2 - massX / mass);
  const shiftY = Math.round(height / 2 - massY / mass);
  const digit = empty();
  for (const [row, levels] of shrunk.entries()) {
    for (const [column, level] of levels.entries()) {
      const target = digit[row + shiftY];
      if (target?.[column + shiftX] !== undefined) target[column + shiftX] = Math.round(level);
    }
  }
  return digit;
}

function boundsOf({ width, height, ink }: Drawing) {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
  }
  return right > left ? { left, top, right, bottom } : null;
}

/** Mean of a square of `size` from (x, y), by the points of the drawing inside of it. */
function mean({ width, height, ink }: Drawing, x: number, y: number, size: number): number {
  let sum = 0;
  let count = 0;
  for (let row = Math.floor(y); row < Math.max(y + size, Math.floor(y) + 1); row++) {
    for (let column = Math.floor(x); column < Math.max(x + size, Math.floor(x) + 1); column++) {
      sum += row < height && column < width ? (ink[row * width + column] ?? 0) : 0;
      count += 1;
    }
  }
  return sum / count;
}
