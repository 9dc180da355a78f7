import type { CatalogueEntry } from '../entry.ts';

export const specErrors = {} as const satisfies Record<string, CatalogueEntry>;
