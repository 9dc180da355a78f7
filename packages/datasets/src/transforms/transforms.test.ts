import { expect, test } from 'vitest';
import { failureOf } from '../errors.fixture.ts';
import { fed, through } from './feeding.fixture.ts';
import { sineAndCosine } from './rotate.ts';

const { NaN: missing } = Number;
const floats = (values: readonly number[], more = {}) => ({
  dtype: 'float32' as const,
  shape: [] as number[],
  values,
  ...more,
});
const kinds = { dtype: 'int32' as const, shape: [], classes: ['ash', 'elm', 'oak'] };
const text = (...texts: readonly string[]) => {
  const width = Math.max(...texts.map((one) => Buffer.byteLength(one)));
  const values = texts.flatMap((one) => [...Buffer.from(one.padEnd(width, '\0'))]);
  return { dtype: 'uint8' as const, shape: [width], kind: 'text' as const, values };
};

test('numbers: scaled, standardised, normalised, logarithms', () => {
  expect(through(floats([1, 2]), { type: 'scale', factor: 2, offset: 1 }, [])).toEqual([3, 5]);
  expect(through(floats([1, 5]), { type: 'standardise', mean: [3], standardDeviation: [2] }, [])).toEqual([
    -1, 1,
  ]);
  expect(through(floats([2, 4, 6]), { type: 'normalise' }, [])).toEqual([0, 0.5, 1]);
  expect(through(floats([7, 7]), { type: 'normalise' }, [])).toEqual([0, 0]);
  expect(through(floats([0, 9]), { type: 'log1p' }, [])).toEqual([0, Math.fround(Math.log1p(9))]);
});

test('a list of transforms is applied in its order', () => {
  const list = [
    { type: 'fill' as const, with: 4 },
    { type: 'scale' as const, factor: 10 },
    { type: 'bucketise' as const, boundaries: [15, 30, 60] },
    { type: 'oneHot' as const },
  ];
  expect(through(floats([1, missing, 3], { missing: 1 }), list, [4])).toEqual([
    ...[1, 0, 0, 0],
    ...[0, 0, 1, 0],
    ...[0, 0, 1, 0],
  ]);
});

test('a missing number is filled, and an indicator says so', () => {
  const column = floats([1, missing], { missing: 1, statistics: { mean: 5 } });
  expect(through(column, { type: 'fill', with: 'mean' }, [])).toEqual([1, 5]);
  expect(through(column, { type: 'fill', with: -1, indicator: true }, [2])).toEqual([1, 0, -1, 1]);
});

test('categories become one-hot vectors or numbers', () => {
  expect(through({ ...kinds, values: [2, 0] }, { type: 'oneHot' }, [3])).toEqual([0, 0, 1, 1, 0, 0]);
  expect(through({ ...kinds, values: [2, 0] }, { type: 'codes' }, [])).toEqual([2, 0]);
});

test('a bucket counts the boundaries at or below a number', () => {
  const given = floats([-1, 0, 0.5, 1, 7]);
  const transform = { type: 'bucketise' as const, boundaries: [0, 1] };
  expect(through(given, transform, [], { dtype: 'int32' })).toEqual([0, 1, 1, 2, 2]);
});

test('columns with their own transforms stand side by side', () => {
  const given = [
    { name: 'a', ...floats([1, missing], { missing: 1 }) },
    { name: 'kind', ...kinds, values: [1, 2] },
    { name: 'b', ...floats([3, 4]) },
  ];
  const source = {
    columns: ['a', { name: 'kind', transform: { type: 'oneHot' as const } }, 'b'],
    transform: { type: 'fill' as const, with: 'mean' as const, values: [8, 9] },
  };
  expect(fed(given, { input: { shape: [5], dtype: 'float32' }, source })).toEqual([
    ...[1, 0, 1, 0, 3],
    ...[8, 0, 0, 1, 4],
  ]);
});

const image = (values: readonly number[]) => ({ dtype: 'uint8' as const, shape: [3, 3, 1], values });
const grid = image([1, 2, 3, 4, 5, 6, 7, 8, 9]);

test('outside training an image is cropped about its centre and otherwise left alone', () => {
  expect(through(grid, { type: 'crop', height: 1, width: 1 }, [1, 1, 1])).toEqual([5]);
  const random = [
    { type: 'flip' as const, probability: 1 },
    { type: 'rotate' as const, degrees: 90 },
    { type: 'colourJitter' as const, brightness: 0.9, contrast: 0.9 },
  ];
  expect(through(grid, random, [3, 3, 1])).toEqual(grid.values);
});

test('in training an image is flipped, cropped and turned as (seed, epoch, sample) say', () => {
  const flipped = through(grid, { type: 'flip', probability: 1 }, [3, 3, 1], { epoch: 0 });
  expect(flipped).toEqual([3, 2, 1, 6, 5, 4, 9, 8, 7]);
  const upsideDown = { type: 'flip' as const, axis: 'vertical' as const, probability: 1 };
  expect(through(grid, upsideDown, [3, 3, 1], { epoch: 0 })).toEqual([7, 8, 9, 4, 5, 6, 1, 2, 3]);
  const crop = { type: 'crop' as const, height: 2, width: 2, padding: 1 };
  const crops = [0, 1, 2, 3, 4, 5].map((epoch) => through(grid, crop, [2, 2, 1], { epoch, seed: 4 }).join());
  expect(new Set(crops).size).toBeGreaterThan(2);
  expect(through(grid, crop, [2, 2, 1], { epoch: 3, seed: 4 }).join()).toBe(crops[3]);
});

test('a sample is drawn alike whatever batch it stands in, and other samples otherwise', () => {
  const many = image(Array.from({ length: 90 }, (_, i) => i));
  const jitter = [
    { type: 'colourJitter' as const, brightness: 0.5 },
    { type: 'rotate' as const, degrees: 30 },
  ];
  const all = through(many, jitter, [3, 3, 1], { epoch: 2, seed: 1 });
  const one = through(many, jitter, [3, 3, 1], { epoch: 2, seed: 1, samples: [7] });
  expect(one).toEqual(all.slice(63, 72));
  // Brightness alone: the factors of ten samples are ten numbers between ½ and 1½.
  const ones = image(Array.from({ length: 90 }, () => 100));
  const bright = through(ones, jitter[0]!, [3, 3, 1], { epoch: 0 });
  const factors = new Set(bright.map((x) => x / 100));
  expect(factors.size).toBe(10);
  for (const factor of factors) expect(Math.abs(factor - 1)).toBeLessThanOrEqual(0.5);
});

test('a quarter turn puts every pixel where it belongs', () => {
  const { sine, cosine } = sineAndCosine(Math.PI / 2);
  expect(sine).toBeCloseTo(1, 14);
  expect(cosine).toBeCloseTo(0, 14);
  for (const x of [-3.1, -1, 0.3, 2.5]) {
    expect(sineAndCosine(x).sine).toBeCloseTo(Math.sin(x), 14);
    expect(sineAndCosine(x).cosine).toBeCloseTo(Math.cos(x), 14);
  }
});

test('colours lose their saturation towards the grey of the pixel, and bytes stay bytes', () => {
  const photo = { dtype: 'uint8' as const, shape: [1, 1, 3], values: [250, 100, 50] };
  const jitter = { type: 'colourJitter' as const, brightness: 1, contrast: 1, saturation: 1 };
  for (let epoch = 0; epoch < 20; epoch++) {
    for (const value of through(photo, jitter, [1, 1, 3], { epoch })) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(255);
    }
  }
});

test('text is cut or padded to a length, with a mask of what is text', () => {
  const given = text('abc', 'h');
  expect(through(given, { type: 'pad', length: 2 }, [2], { dtype: 'int32' })).toEqual([97, 98, 104, 0]);
  expect(through(given, { type: 'pad', length: 4, value: 256 }, [4], { dtype: 'int32' })).toEqual([
    ...[97, 98, 99, 256],
    ...[104, 256, 256, 256],
  ]);
  expect(through(given, { type: 'mask', length: 4 }, [4])).toEqual([1, 1, 1, 0, 1, 0, 0, 0]);
});

test('words are counted by their hash, whatever their case', () => {
  const bag = through(text("The cat's the", 'dog'), { type: 'bagOfWords', size: 64 }, [64]);
  const first = bag
    .slice(0, 64)
    .filter((x) => x > 0)
    .sort();
  expect(first).toEqual([1, 2].map((times) => Math.fround(times / Math.sqrt(5))));
  expect(bag.slice(64).filter((x) => x > 0)).toEqual([1]);
  const codes = through(text('a b A', 'b'), { type: 'wordCodes', size: 1000, length: 4 }, [4], {
    dtype: 'int32',
  });
  expect(codes[0]).toBe(codes[2]);
  expect(codes[1]).toBe(codes[4]);
  expect([codes[3], codes[5]]).toEqual([0, 0]);
  expect(codes[0]).not.toBe(codes[1]);
});

test('windows over rows, and the next token as label', () => {
  const tokens = [{ name: 'token', dtype: 'uint8' as const, shape: [], values: [5, 6, 7, 8, 9] }];
  const settings = { window: { length: 2, stride: 1 } };
  const input = { shape: [2], dtype: 'int32' as const };
  const at = (shift: number) =>
    fed(tokens, { input, source: { columns: ['token'], shift }, settings, samples: [0, 2] });
  expect(at(0)).toEqual([5, 6, 7, 8]);
  expect(at(1)).toEqual([6, 7, 8, 9]);
});

test('several columns of a window stand side by side in every row', () => {
  const series = [
    { name: 'a', ...floats([1, 2, 3]) },
    { name: 'b', ...floats([10, 20, 30]) },
  ];
  const given = fed(series, {
    input: { shape: [2, 2], dtype: 'float32' },
    source: { columns: ['a', 'b'], transform: { type: 'scale', factor: 1 } },
    settings: { window: { length: 2, stride: 1 } },
    samples: [1],
  });
  expect(given).toEqual([2, 20, 3, 30]);
});

test.each([
  [
    'one-hot of fractions',
    () => through(floats([0.5]), { type: 'oneHot' }, [2]),
    'TRANSFORM_INVALID: data.inputs.x.transform: oneHot cannot transform column "c" for input "x": it is for categories and whole numbers (use bucketise before it)',
  ],
  [
    'a scale of categories',
    () => through({ ...kinds, values: [0] }, { type: 'scale', factor: 2 }, []),
    'TRANSFORM_INVALID: data.inputs.x.transform: scale cannot transform column "c" for input "x": it is for numbers; the column holds 3 categories (use oneHot, or codes before it)',
  ],
  [
    'statistics of something else',
    () => through(floats([1]), [{ type: 'scale', factor: 2 }, { type: 'standardise' }], []),
    'TRANSFORM_INVALID: data.inputs.x.transform[1]: standardise cannot transform column "c" for input "x": its statistics are of the column itself; put it before transforms that change the numbers',
  ],
  [
    'a crop of numbers',
    () => through(floats([1]), { type: 'crop', height: 1, width: 1 }, []),
    'TRANSFORM_INVALID: data.inputs.x.transform: crop cannot transform column "c" for input "x": it is for images [height, width, channels]; the column has shape []',
  ],
  [
    'a crop that is too large',
    () => through(grid, { type: 'crop', height: 4, width: 3 }, [4, 3, 1]),
    'TRANSFORM_INVALID: data.inputs.x.transform: crop cannot transform column "c" for input "x": 4 × 3 does not fit into the image of 3 × 3 with a padding of 0',
  ],
  [
    'gaps that are not filled',
    () => through(floats([1, missing], { missing: 1 }), { type: 'standardise' }, []),
    'COLUMN_HAS_MISSING: data.inputs.x: input "x" would get missing values; column "c" has 1',
  ],
  [
    'boundaries that do not ascend',
    () => through(floats([1]), { type: 'bucketise', boundaries: [2, 1] }, []),
    'TRANSFORM_INVALID: data.inputs.x.transform: bucketise cannot transform column "c" for input "x": its boundaries must ascend',
  ],
  [
    'a logarithm of −1',
    () => through(floats([-1]), { type: 'log1p' }, []),
    'TRANSFORM_INVALID: data.inputs.x.transform: log1p cannot transform column "c" for input "x": it needs numbers above −1; column "c" goes down to -1',
  ],
  [
    'text as numbers',
    () => through(text('a'), [], [1]),
    'COLUMN_IS_TEXT: data.inputs.x: input "x" is float32; column "c" holds text (free text)',
  ],
])('refuses %s', async (_case, call, expected) => {
  expect(await failureOf(call)).toBe(expected);
});
