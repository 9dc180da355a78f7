// The data of the benchmarks, made on the fly: one file each for the service, the bare loop and PyTorch.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpz } from '@descent/tensors';

const images = 64 * 128;
const sequences = 64 * 32;
const length = 64;

/** Paths by name. Images are four fifths black, as handwritten digits are, and their label can be learnt. */
export function writeDataFiles(folder) {
  const next = random(1);
  const pixels = new Uint8Array(images * 784);
  const labels = new Int32Array(images);
  for (let image = 0; image < images; image++) {
    const label = Math.floor(next() * 10);
    labels[image] = label;
    // A bright square whose place tells the label.
    const [top, left] = [3 + 11 * (label >> 2), 2 + 7 * (label & 3)];
    for (let y = 0; y < 11; y++)
      for (let x = 0; x < 11; x++)
        pixels[image * 784 + (top + y - 3) * 28 + Math.min(27, left + x)] = 64 + 191 * next();
  }
  const text = new Int32Array(sequences * length);
  for (let index = 0; index < text.length; index++) text[index] = Math.floor(256 * next() ** 3);
  const following = text.map((symbol, index) => text[index + 1] ?? symbol);

  const write = (name, tensors) => {
    const path = join(folder, `${name}.npz`);
    writeFileSync(path, encodeNpz(new Map(Object.entries(tensors))));
    return path;
  };
  return {
    images: write('images', {
      image: { dtype: 'uint8', shape: [images, 28, 28, 1], data: pixels },
      label: { dtype: 'int32', shape: [images], data: labels },
    }),
    tokens: write('tokens', {
      text: { dtype: 'int32', shape: [sequences, length], data: text },
      next: { dtype: 'int32', shape: [sequences, length], data: following },
    }),
  };
}

/** Park–Miller: the same file on every machine. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
