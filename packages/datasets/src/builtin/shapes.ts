import type { BuiltinDataset } from './builtin-dataset.ts';
import { categoryColumn, imageColumn, memorySplit } from './memory-split.ts';
import { type RandomStream, randomStream } from './random.ts';

const side = 32;

/** Whether the point (x, y), in units of the shape's size from its centre, belongs to the shape. */
const inside: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  circle: (x, y) => x * x + y * y <= 1,
  ring: (x, y) => x * x + y * y <= 1 && x * x + y * y >= 0.4,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.85,
  frame: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.9 && Math.max(Math.abs(x), Math.abs(y)) >= 0.55,
  triangle: (x, y) => y <= 0.8 && y >= -0.9 && Math.abs(x) <= (y + 0.9) / 1.7,
  diamond: (x, y) => Math.abs(x) + Math.abs(y) <= 1,
  plus: (x, y) => Math.min(Math.abs(x), Math.abs(y)) <= 0.28 && Math.max(Math.abs(x), Math.abs(y)) <= 1,
  cross: (x, y) =>
    Math.min(Math.abs(x - y), Math.abs(x + y)) <= 0.4 && Math.max(Math.abs(x), Math.abs(y)) <= 0.9,
  bar: (x, y) => Math.abs(y) <= 0.3 && Math.abs(x) <= 1,
  stripes: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.9 && Math.floor((x + 1) * 3) % 2 === 0,
};
export const shapeClasses = Object.keys(inside);

/** One image [32, 32, 3] of a shape in a random colour, place and size on a noisy ground of another colour. */
export function drawShape(label: string, random: RandomStream): Uint8Array {
  const pixels = new Uint8Array(side * side * 3);
  const size = 7 + 6 * random.uniform();
  const [centreX, centreY] = [0, 1].map(() => size + 1 + (side - 2 * size - 2) * random.uniform());
  const ground = Array.from({ length: 3 }, () => random.integer(256));
  // At least a third of the range away, so that it can be seen.
  const colour = ground.map((value) => (value + 85 + random.integer(86)) % 256);
  const belongs = inside[label]!;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const own = belongs((x - centreX!) / size, (y - centreY!) / size) ? colour : ground;
      for (let c = 0; c < 3; c++) {
        const value = own[c]! + 24 * (random.uniform() - 0.5);
        pixels[(y * side + x) * 3 + c] = Math.min(255, Math.max(0, Math.round(value)));
      }
    }
  }
  return pixels;
}

function split(name: string, seed: number, count: number) {
  const random = randomStream(seed);
  const names = Array.from({ length: count }, (_, index) => shapeClasses[index % shapeClasses.length]!);
  const pixels = new Uint8Array(count * side * side * 3);
  names.forEach((label, index) => {
    pixels.set(drawShape(label, random), index * side * side * 3);
  });
  return memorySplit(name, [
    imageColumn('image', [side, side, 3], pixels),
    categoryColumn('label', names, shapeClasses),
  ]);
}

export const shapes: BuiltinDataset = {
  id: 'builtin:shapes',
  title:
    'Coloured shapes of 10 kinds, at the size of CIFAR-10: 5,000 training and 1,000 test images, 32 × 32 × 3',
  source: 'generated',
  licence: 'CC0',
  hash: 'e0f9b872cb5523a129c9cb3d38970191d002da61ca855056867560fae6aba57b',
  files: { from: 'generator' },
  open: async () => [split('train', 1, 5000), split('test', 2, 1000)],
};
