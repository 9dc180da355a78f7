import { type Static, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';
import { dataFormats, IngestOptions } from './ingest.ts';

const FileName = Type.String({
  minLength: 1,
  maxLength: 255,
  description:
    'With its folder, if it has one. Of several files, names and folders such as `train` and `test` say the split',
});
const Format = OneOf(dataFormats, 'Left out: found from the first bytes and the file name');
const SplitName = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[\\w -]+$',
  description:
    'Of a file without splits of its own. Left out: what the name of one of several files says, else `train`',
});

/** Announces a file of a data set, which then comes in pieces. */
export const DatasetFileCreate = Closed({
  name: FileName,
  bytes: Type.Integer({ minimum: 1 }),
  split: Type.Optional(SplitName),
  format: Type.Optional(Format),
});
export type DatasetFileCreate = Static<typeof DatasetFileCreate>;

/** A file of a data set that comes in pieces: `offset` bytes have arrived and are on the disk. */
export const DatasetFile = Closed({
  id: Type.String({ pattern: '^up_[0-9A-HJKMNP-TV-Z]{26}$' }),
  name: Type.String(),
  bytes: Type.Integer(),
  offset: Type.Integer(),
  split: Type.Union([Type.String(), Type.Null()]),
  format: Type.Union([OneOf(dataFormats), Type.Null()]),
});
export type DatasetFile = Static<typeof DatasetFile>;

export const IngestRequest = Closed({ options: Type.Optional(IngestOptions) });
export type IngestRequest = Static<typeof IngestRequest>;

/** A file that the server fetches itself, where it may. */
export const DatasetFetch = Closed({
  url: Type.String({ minLength: 1, maxLength: 2000, description: 'https only' }),
  filename: Type.Optional(FileName),
  format: Type.Optional(Format),
  split: Type.Optional(SplitName),
  options: Type.Optional(IngestOptions),
});
export type DatasetFetch = Static<typeof DatasetFetch>;
