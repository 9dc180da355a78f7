import { type Static, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';
import { DatasetManifest } from './manifest.ts';

export const DatasetId = Type.String({
  pattern: '^(ds_[0-9A-HJKMNP-TV-Z]{26}|builtin:[a-z0-9-]+)$',
  description: 'the id of a data set, ds_… or builtin:…',
});

/** How a job names one. Stored with the job is the id. */
export const DatasetReference = Type.String({
  pattern: '^(ds_[0-9A-HJKMNP-TV-Z]{26}|builtin:[a-z0-9-]+|.{1,120}@([1-9][0-9]{0,8}|latest))$',
  description:
    'the id of a data set, ds_… or builtin:…, or its name@version; name@latest is the last one that is ready',
});

export const DatasetState = OneOf(['empty', 'ingesting', 'ready', 'failed']);
export type DatasetState = Static<typeof DatasetState>;

/** Where a built-in data set comes from. */
export const DatasetOrigin = Closed({
  source: Type.String(),
  licence: Type.String(),
  hash: Type.String({ description: 'Of the manifest that its files give' }),
  install: Type.Union([Type.String(), Type.Null()], {
    description: 'The command that installs its files where they are missing; null: they are there',
  }),
});
export type DatasetOrigin = Static<typeof DatasetOrigin>;

export const Dataset = Closed({
  id: DatasetId,
  name: Type.String(),
  version: Type.Integer({
    minimum: 1,
    description: 'Data sets of one name are versions, counted in the order they were made',
  }),
  state: DatasetState,
  createdAt: Type.String({ format: 'date-time' }),
  bytes: Type.Integer({ minimum: 0, description: 'Of its shards, as stored; shared ones count for each' }),
  manifest: Type.Union([DatasetManifest, Type.Null()]),
  origin: Type.Optional(DatasetOrigin),
  error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
});
export type Dataset = Static<typeof Dataset>;

export const DatasetCreate = Closed({ name: Type.String({ minLength: 1, maxLength: 120 }) });
export type DatasetCreate = Static<typeof DatasetCreate>;
