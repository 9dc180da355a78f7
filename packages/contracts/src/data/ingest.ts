import { type Static, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';

export const dataFormats = [
  'csv',
  'tsv',
  'jsonl',
  'parquet',
  'npz',
  'npy',
  'safetensors',
  'idx',
  'images',
  'text',
] as const;
export type DataFormat = (typeof dataFormats)[number];

export const csvDelimiters = [',', ';', '\t', '|'] as const;
export const csvEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'latin1'] as const;
export const columnTypes = ['number', 'integer', 'boolean', 'date', 'category', 'text'] as const;

const Side = Type.Integer({ minimum: 1, maximum: 4096 });

/** How pictures become a column. Without `width` and `height`, all of them must have one size. */
export const ImageOptions = Closed({
  width: Type.Optional(Side),
  height: Type.Optional(Side),
  fit: Type.Optional(
    OneOf(
      ['cover', 'contain', 'fill'],
      'cover (default): scaled to cover the size and cropped around the centre; contain: scaled to fit, black around; fill: stretched',
    ),
  ),
  channels: Type.Optional(
    OneOf(['grey', 'rgb'], 'Left out: as the first image; a colour image is then never made grey'),
  ),
});
export type ImageOptions = Static<typeof ImageOptions>;

/** How running text becomes tokens. A `tokenizer.json` among the files takes the place of both. */
export const TextOptions = Closed({
  tokens: Type.Optional(
    OneOf(
      ['character', 'byte', 'bpe'],
      'character (default): each code point; byte: UTF-8; bpe: byte-level byte-pair encoding, learned from the training split',
    ),
  ),
  vocabulary: Type.Optional(
    Type.Integer({
      minimum: 257,
      maximum: 65_536,
      description: 'Of bpe: bytes and merges together, default 1024',
    }),
  ),
});
export type TextOptions = Static<typeof TextOptions>;

/** How the files of a data set are read; everything left out is found from their start. */
export const IngestOptions = Closed({
  delimiter: Type.Optional(OneOf(csvDelimiters, 'CSV: between cells')),
  quote: Type.Optional(OneOf(['"', "'"], 'CSV: default "')),
  header: Type.Optional(
    Type.Boolean({
      description:
        'CSV: whether the first row names the columns. Left out: unless it holds only numbers. Unnamed: column1, column2, …',
    }),
  ),
  decimal: Type.Optional(OneOf(['.', ','], 'CSV: the decimal sign')),
  encoding: Type.Optional(
    OneOf(csvEncodings, 'CSV and text: left out, what the byte-order mark says, else UTF-8'),
  ),
  missing: Type.Optional(
    Type.Array(Type.String({ maxLength: 256 }), {
      maxItems: 100,
      description:
        'CSV: cells that stand for a missing value, beside the empty cell. Left out: NA, N/A, NaN, nan, null, NULL, None',
    }),
  ),
  types: Type.Optional(
    Type.Record(Type.String(), OneOf(columnTypes), {
      description: 'Tables: column name → type; columns left out are inferred',
    }),
  ),
  image: Type.Optional(ImageOptions),
  text: Type.Optional(TextOptions),
});
export type IngestOptions = Static<typeof IngestOptions>;
