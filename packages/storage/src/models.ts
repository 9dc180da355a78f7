import type { ModelTopology, StoredModel, StoredModelSummary } from '@descent/contracts';
import type { Database } from './database/database.ts';

export async function insertModel(
  db: Database,
  model: StoredModel,
  by: { readonly tokenId: string; readonly teamId: string },
): Promise<void> {
  await db
    .insertInto('models')
    .values({
      id: model.id,
      name: model.name,
      format: model.format,
      team_id: by.teamId,
      token_id: by.tokenId,
      created_at: model.createdAt,
      parameters: model.parameters,
      weights_hash: model.weightsHash,
      topology: JSON.stringify(model.topology),
    })
    .execute();
}

export async function findModel(db: Database, id: string): Promise<StoredModel | null> {
  const row = await db.selectFrom('models').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  return { ...summaryOf(row), topology: JSON.parse(row.topology) as ModelTopology };
}

const summaryColumns = ['id', 'name', 'format', 'created_at', 'parameters', 'weights_hash'] as const;

/** Newest first, without their topologies. @param of.team left out: of every team */
export async function listModels(
  db: Database,
  of: { readonly team?: string } = {},
): Promise<StoredModelSummary[]> {
  let query = db.selectFrom('models').select(summaryColumns).orderBy('id', 'desc');
  if (of.team !== undefined) query = query.where('team_id', '=', of.team);
  return (await query.execute()).map(summaryOf);
}

export async function deleteModel(db: Database, id: string): Promise<boolean> {
  const result = await db.deleteFrom('models').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

function summaryOf(row: {
  readonly id: string;
  readonly name: string;
  readonly format: StoredModelSummary['format'];
  readonly created_at: string;
  readonly parameters: number;
  readonly weights_hash: string | null;
}): StoredModelSummary {
  return {
    id: row.id,
    name: row.name,
    format: row.format,
    createdAt: row.created_at,
    parameters: row.parameters,
    weightsHash: row.weights_hash,
  };
}
