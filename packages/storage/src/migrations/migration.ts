import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';

/** One change of the schema. Once released it is never edited: a later one corrects it. */
export interface Migration {
  readonly name: string;
  up(db: Kysely<Tables>): Promise<void>;
}
