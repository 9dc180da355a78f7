import type { CatalogueEntry } from '../entry.ts';

export const engineErrors = {} as const satisfies Record<string, CatalogueEntry>;
