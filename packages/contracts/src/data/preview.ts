import { type Static, Type } from 'typebox';
import { Closed } from '../closed.ts';

/** Samples that one preview may ask for. */
export const maxPreviewSamples = 200;

/** The start of a data set as people read it: classes by name, dates and text written out, null for what is missing. */
export const DatasetPreview = Closed({
  split: Type.String(),
  count: Type.Integer({ description: 'Samples of the split' }),
  offset: Type.Integer({ description: 'Number of the first sample here' }),
  rows: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
    description: 'Column → value. Arrays show their first 16 elements; images stand in the sprite',
  }),
  images: Type.Union(
    [
      Closed({
        column: Type.String(),
        width: Type.Integer({ description: 'Of one thumbnail, in pixels' }),
        height: Type.Integer(),
        perRow: Type.Integer({ description: 'Thumbnails side by side; they stand in the order of the rows' }),
        png: Type.String({ description: 'The sprite, base64' }),
      }),
      Type.Null(),
    ],
    { description: 'Of the first column that holds images' },
  ),
  text: Type.Union([Type.String(), Type.Null()], {
    description: 'Of a split of tokens: what they read as, from the first sample on',
  }),
});
export type DatasetPreview = Static<typeof DatasetPreview>;
