import type { StoredModel } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type Database, findModel } from '@descent/storage';

/** @throws DescentError MODEL_NOT_FOUND */
export async function requireModel(db: Database, id: string): Promise<StoredModel> {
  const model = await findModel(db, id);
  if (model === null) throw new DescentError('MODEL_NOT_FOUND', { model: id });
  return model;
}
