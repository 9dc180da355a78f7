import type { Column, DataSettings, DatasetManifest } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { describe, expect, it } from 'vitest';
import { bindInputs } from './bind-inputs.ts';
import { failureOf } from './errors.fixture.ts';
import type { ModelInput } from './input-binding.ts';

const statistics = { minimum: 0, maximum: 9, mean: 4, standardDeviation: 2 };
const column = (
  name: string,
  dtype: Column['dtype'],
  shape: number[],
  more: Partial<Column> = {},
): Column => ({
  name,
  dtype,
  shape,
  statistics,
  ...more,
});
const manifest: DatasetManifest = {
  hash: '0'.repeat(64),
  columns: [
    column('image', 'uint8', [28, 28]),
    column('photo', 'uint8', [32, 32, 3]),
    column('label', 'int32', []),
    column('width', 'float32', []),
    column('height', 'float32', [], { statistics: { ...statistics, standardDeviation: 0 } }),
    column('kind', 'int32', [], { classes: ['a', 'b'] }),
  ],
  splits: [{ name: 'train', count: 1, shards: [] }],
};

function bind(input: ModelInput, source?: NonNullable<DataSettings['inputs']>[string]) {
  const inputs = source === undefined ? {} : { inputs: { [input.name]: source } };
  return bindInputs({ dataset: 'builtin:x', ...inputs }, manifest, [input])[0]!;
}

describe('bindInputs', () => {
  it('feeds an input from the column of its name', () => {
    expect(bind({ name: 'label', shape: [], dtype: 'int64', classes: 10 })).toEqual({
      input: 'label',
      dtype: 'int64',
      shape: [],
      columns: [{ column: 'label', stored: [], elements: 1, width: 1, steps: [] }],
      rows: { length: 1, stride: 1, shift: 0 },
    });
  });

  it('stacks scalar columns and standardises each by its own statistics', () => {
    const bound = bind(
      { name: 'x', shape: [2], dtype: 'float32' },
      { columns: ['width', 'height'], transform: { type: 'standardise' } },
    );
    expect(bound.columns.map(({ column, steps }) => [column, steps])).toEqual([
      ['width', [{ kind: 'affine', factor: 0.5, offset: -2 }]],
      ['height', [{ kind: 'affine', factor: 1, offset: -4 }]],
    ]);
  });

  it.each([
    ['image', [28, 28, 1]],
    ['image', [784]],
    ['photo', [3072]],
    ['width', [1]],
  ])('lets %s feed shape %j', (name, shape) => {
    expect(bind({ name, shape, dtype: 'float32' }).shape).toEqual(shape);
  });

  it.each<[string, ModelInput, NonNullable<DataSettings['inputs']>[string] | undefined, string]>([
    [
      'another order of axes',
      { name: 'photo', shape: [3, 32, 32], dtype: 'float32' },
      undefined,
      'COLUMN_SHAPE_MISMATCH: data.inputs: input "photo" has shape [3, 32, 32]; its data has shape [32, 32, 3]',
    ],
    [
      'another size',
      { name: 'image', shape: [32, 32, 1], dtype: 'float32' },
      { columns: ['image'] },
      'COLUMN_SHAPE_MISMATCH: data.inputs.image: input "image" has shape [32, 32, 1]; its data has shape [28, 28]',
    ],
    [
      'too few columns',
      { name: 'x', shape: [3], dtype: 'float32' },
      { columns: ['width', 'height'] },
      'COLUMN_SHAPE_MISMATCH: data.inputs.x: input "x" has shape [3]; its data has shape [2]',
    ],
    [
      'stacked images',
      { name: 'x', shape: [2], dtype: 'float32' },
      { columns: ['width', 'image'] },
      'COLUMN_NOT_SCALAR: data.inputs.x.columns.1: column "image" of shape [28, 28] cannot be stacked with others',
    ],
    [
      'text as a float',
      { name: 'kind', shape: [], dtype: 'float32' },
      undefined,
      'COLUMN_IS_TEXT: data.inputs: input "kind" is float32; column "kind" holds text (2 classes)',
    ],
    [
      'floats as labels',
      { name: 'y', shape: [], dtype: 'int64', classes: 10 },
      { columns: ['width'] },
      'COLUMN_NOT_INTEGER: data.inputs.y: input "y" needs integers; column "width" is float32',
    ],
    [
      'transformed labels',
      { name: 'label', shape: [], dtype: 'int64' },
      { columns: ['label'], transform: { type: 'scale', factor: 2 } },
      'COLUMN_NOT_INTEGER: data.inputs.label: input "label" needs integers; column "label" is transformed to fractions',
    ],
    [
      'labels out of range',
      { name: 'label', shape: [], dtype: 'int64', classes: 9 },
      undefined,
      'LABELS_OUT_OF_RANGE: data.inputs: labels "label" must be 0 to 8 for 9 classes; column "label" holds 0 to 9',
    ],
    [
      'a missing column',
      { name: 'lable', shape: [], dtype: 'int64' },
      undefined,
      'COLUMN_UNKNOWN: data.inputs: input "lable" asks for column "lable", which the data set does not have',
    ],
  ])('refuses %s', async (_case, input, source, expected) => {
    expect(await failureOf(() => bind(input, source))).toBe(expected);
  });

  it('names the nearest column and the nearest input', () => {
    const details = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        if (error instanceof DescentError) return error.details;
      }
      return undefined;
    };
    expect(details(() => bind({ name: 'lable', shape: [], dtype: 'int64' }))).toMatchObject({
      didYouMean: 'label',
    });
    const inputs = { imgae: { columns: ['image'] } };
    const model: ModelInput[] = [{ name: 'image', shape: [28, 28], dtype: 'float32' }];
    expect(details(() => bindInputs({ dataset: 'builtin:x', inputs }, manifest, model))).toMatchObject({
      path: 'data.inputs.imgae',
      didYouMean: 'image',
    });
  });
});
