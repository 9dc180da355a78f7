import type { CatalogueEntry } from '../entry.ts';

export const storageErrors = {
  ARTIFACT_DAMAGED: {
    status: 500,
    message: 'The stored file {hash} is damaged: its content hashes to {actual}',
    advice: 'Check the disk below the data folder and restore the file from a backup.',
    retryable: false,
  },
  STORAGE_FULL: {
    status: 503,
    message: 'The disk below the data folder is full',
    advice:
      'Free some space, for example by deleting data sets that no job uses; nothing half-written is left.',
    retryable: true,
  },
  DATABASE_NEWER: {
    status: 500,
    message: 'The database knows the migration {migration}, which this version of Descent does not',
    advice: 'Start the version of Descent that wrote the data folder, or a later one.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
