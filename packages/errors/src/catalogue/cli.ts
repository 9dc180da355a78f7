import type { CatalogueEntry } from '../entry.ts';

export const cliErrors = {} as const satisfies Record<string, CatalogueEntry>;
