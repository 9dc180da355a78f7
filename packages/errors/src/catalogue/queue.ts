import type { CatalogueEntry } from '../entry.ts';

export const queueErrors = {} as const satisfies Record<string, CatalogueEntry>;
