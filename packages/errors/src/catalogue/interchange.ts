import type { CatalogueEntry } from '../entry.ts';

/** Models that come from elsewhere or go elsewhere: traced functions, imported files, exports. */
export const interchangeErrors = {
  TRACE_INVALID: {
    status: 422,
    message: 'The model cannot be traced: {problem}',
    advice: 'docs/sdk.md shows what a forward function may do.',
    retryable: false,
  },
  EXPORT_UNSUPPORTED: {
    status: 422,
    message: 'The model cannot be written as {format}: it has no words for {problem}',
    advice: 'Export it in another format; `details.unsupported` lists every layer or operation concerned.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
