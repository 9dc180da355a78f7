import { type Static, Type } from 'typebox';
import { Closed, OneOf } from './closed.ts';

/**
 * How gradients travel; docs/compression.md. With anything but `none` parameters travel as bf16; the server keeps them,
 * and the weights of the job are, in float32.
 */
export const Compression = Type.Union(
  [
    OneOf(
      ['none', 'bf16', 'int8'],
      'bf16: half of the bytes, rounded to the nearest. int8: a quarter, rounded by chance so that the mean is right',
    ),
    Closed({
      topK: Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description:
          'Share of the elements that travel: half of them the largest, half picked by chance so that the mean is right',
      }),
    }),
  ],
  { title: 'compression' },
);
export type Compression = Static<typeof Compression>;
