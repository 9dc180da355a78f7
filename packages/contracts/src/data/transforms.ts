import { type Static, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';

const perColumn =
  'One per column; left out, they are taken from the training samples and recorded on the job';
const numbers = (description: string) =>
  Type.Optional(Type.Array(Type.Number(), { minItems: 1, description }));
const extent = (description: string) => Type.Integer({ minimum: 1, maximum: 65_536, description });
const strength = (of: string) =>
  Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: `${of} is multiplied by 1 ± up to this; default 0` }),
  );

/**
 * One schema per transform of a column. Those with statistics (`mean`, `minimum`, `values`, `boundaries`, …) may be given
 * them; otherwise the api computes them from the training samples of the job when it is submitted and writes them here, so
 * that whoever reads the job later (a worker, `predict`) needs nothing but the job.
 */
export const transformSchemas = {
  scale: Closed(
    {
      type: Type.Literal('scale'),
      factor: Type.Number(),
      offset: Type.Optional(Type.Number({ default: 0 })),
    },
    { description: 'x·factor + offset' },
  ),
  standardise: Closed(
    {
      type: Type.Literal('standardise'),
      per: Type.Optional(
        OneOf(['column', 'channel'], 'One mean per column, or one per channel (last axis); default column'),
      ),
      mean: numbers(perColumn),
      standardDeviation: numbers(perColumn),
    },
    { description: '(x − mean) ÷ standard deviation; a constant becomes 0' },
  ),
  normalise: Closed(
    { type: Type.Literal('normalise'), minimum: numbers(perColumn), maximum: numbers(perColumn) },
    {
      description:
        '(x − minimum) ÷ (maximum − minimum): 0 to 1 on the training samples; a constant becomes 0',
    },
  ),
  log1p: Closed(
    { type: Type.Literal('log1p') },
    { description: 'log(1 + x), for counts and sums of money; x > −1' },
  ),
  fill: Closed(
    {
      type: Type.Literal('fill'),
      with: Type.Union([OneOf(['mean', 'median']), Type.Number()], {
        description: 'What stands for a missing number',
      }),
      indicator: Type.Optional(
        Type.Boolean({ description: 'Adds a second number: 1 where the value was missing, else 0' }),
      ),
      values: numbers(perColumn),
    },
    { description: 'Puts a number where one is missing' },
  ),
  oneHot: Closed(
    {
      type: Type.Literal('oneHot'),
      classes: Type.Optional(
        Type.Integer({
          minimum: 2,
          maximum: 65_536,
          description: 'Default: the classes of the column, or its largest value + 1',
        }),
      ),
    },
    { description: 'k numbers for code 0 … k − 1: one of them 1, the others 0' },
  ),
  codes: Closed(
    { type: Type.Literal('codes') },
    { description: 'The number of the category, 0, 1, …, as a number to compute with' },
  ),
  bucketise: Closed(
    {
      type: Type.Literal('bucketise'),
      boundaries: Type.Optional(
        Type.Array(Type.Number(), {
          minItems: 1,
          maxItems: 1024,
          description: 'Ascending; the bucket of x is how many of them are ≤ x',
        }),
      ),
      quantiles: Type.Optional(
        Type.Integer({ minimum: 2, maximum: 256, description: 'Buckets of as many training samples each' }),
      ),
      values: Type.Optional(
        Type.Array(Type.Array(Type.Number()), {
          description: 'Boundaries of each column, from the quantiles',
        }),
      ),
    },
    { description: 'The number of the bucket that x falls into, from 0; give boundaries or quantiles' },
  ),
  crop: Closed(
    {
      type: Type.Literal('crop'),
      height: extent('Of the result'),
      width: extent('Of the result'),
      padding: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 1024,
          description: 'Rows and columns of zeros around the image before; default 0',
        }),
      ),
    },
    { description: 'A part of an image: at random in training, from its centre otherwise' },
  ),
  flip: Closed(
    {
      type: Type.Literal('flip'),
      axis: Type.Optional(OneOf(['horizontal', 'vertical'], 'Default horizontal: left and right')),
      probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'Default ½' })),
    },
    { description: 'Mirrors an image at random, in training only' },
  ),
  rotate: Closed(
    {
      type: Type.Literal('rotate'),
      degrees: Type.Number({ exclusiveMinimum: 0, maximum: 180, description: 'At most, either way' }),
    },
    {
      description:
        'Turns an image about its centre by a random angle, in training only; bilinear, zeros outside',
    },
  ),
  colourJitter: Closed(
    {
      type: Type.Literal('colourJitter'),
      brightness: strength('Every value'),
      contrast: strength('The distance to the mean grey of the image'),
      saturation: strength('The distance to the grey of the pixel'),
    },
    {
      description:
        'Changes the colours of an image at random, in training only; 8-bit values stay in 0 … 255',
    },
  ),
  pad: Closed(
    {
      type: Type.Literal('pad'),
      length: extent('Of the result'),
      value: Type.Optional(Type.Integer({ description: 'What is put behind a shorter one; default 0' })),
    },
    { description: 'Cuts a sequence at this length, or fills it up; bytes of text come as they are' },
  ),
  mask: Closed(
    { type: Type.Literal('mask'), length: extent('Of the result') },
    { description: '1 for every place of a text that holds a byte, else 0: beside an input with `pad`' },
  ),
  bagOfWords: Closed(
    {
      type: Type.Literal('bagOfWords'),
      size: Type.Integer({ minimum: 2, maximum: 1_048_576, description: 'Numbers per text' }),
    },
    {
      description:
        'How often words occur in a text, each in place hash mod size (FNV-1a of the lower-cased word), over the root of the sum of squares',
    },
  ),
  wordCodes: Closed(
    {
      type: Type.Literal('wordCodes'),
      size: Type.Integer({ minimum: 2, maximum: 1_048_576, description: 'Codes: of an embedding' }),
      length: extent('Words of the result; 0 behind the last'),
    },
    { description: 'The words of a text as codes 1 + hash mod (size − 1), in order' },
  ),
} as const;

export type TransformType = keyof typeof transformSchemas;
export const transformTypes = Object.keys(transformSchemas) as readonly TransformType[];
export type TransformOf<T extends TransformType> = Static<(typeof transformSchemas)[T]>;
export type Transform = { [T in TransformType]: TransformOf<T> }[TransformType];
export const Transform = Type.Unsafe<Transform>(
  Type.Union(Object.values(transformSchemas), { title: 'transform' }),
);

/** One, or several that are applied in order. */
export const Transforms = Type.Unsafe<Transform | Transform[]>(
  Type.Union([Transform, Type.Array(Transform, { minItems: 1, maxItems: 16 })]),
);
export type Transforms = Static<typeof Transforms>;
