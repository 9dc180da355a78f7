import type { Dataset } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { findDataset } from '@descent/storage';
import type { Context } from '../context.ts';
import { withOrigin } from './builtins.ts';

/** Built-in ones count as there, also before their first use. @throws DescentError DATASET_NOT_FOUND */
export async function requireDataset(context: Context, id: string): Promise<Dataset> {
  const dataset =
    (await findDataset(context.db, id)) ?? context.builtins.list().find((builtin) => builtin.id === id);
  if (dataset === undefined) throw new DescentError('DATASET_NOT_FOUND', { dataset: id });
  return withOrigin(dataset);
}
