import type { CatalogueEntry } from '../entry.ts';

export const graphErrors = {} as const satisfies Record<string, CatalogueEntry>;
