import type { CatalogueEntry } from '../entry.ts';

/** Models that come from elsewhere or go elsewhere: traced functions, imported files, exports. */
export const interchangeErrors = {
  TRACE_INVALID: {
    status: 422,
    message: 'The model cannot be traced: {problem}',
    advice: 'docs/sdk.md shows what a forward function may do.',
    retryable: false,
  },
  KERAS_INVALID: {
    status: 422,
    message: 'This is no Keras model that can be read: {problem}',
    advice:
      'Send the JSON of a Sequential or Functional model: `model.to_json()`, or the `model.json` of TensorFlow.js with its weight files.',
    retryable: false,
  },
  KERAS_UNSUPPORTED: {
    status: 422,
    message: 'The model has layers without a counterpart: {problem}',
    advice:
      '`details.unsupported` lists all of them; docs/interchange.md says which classes and settings are read.',
    retryable: false,
  },
  EXPORT_UNSUPPORTED: {
    status: 422,
    message: 'The model cannot be written as {format}: it has no words for {problem}',
    advice: 'Export it in another format; `details.unsupported` lists every layer or operation concerned.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
