import type { CatalogueEntry } from '../entry.ts';

/** Models that come from elsewhere or go elsewhere: traced functions, imported files, exports. */
export const interchangeErrors = {
  TRACE_INVALID: {
    status: 422,
    message: 'The model cannot be traced: {problem}',
    advice: 'docs/sdk.md shows what a forward function may do.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
