import type { Database } from './database/database.ts';

export interface ParameterServerRecord {
  readonly name: string;
  /** What all its training jobs together may take. */
  readonly memoryBytes: number;
  /** Where workers of other machines reach its gradient channel; null: nowhere. */
  readonly remoteAddress: string | null;
  readonly heardAtMs: number;
}

export async function putParameterServer(db: Database, server: ParameterServerRecord): Promise<void> {
  const told = {
    memory_bytes: server.memoryBytes,
    remote_address: server.remoteAddress,
    heard_at_ms: server.heardAtMs,
  };
  await db
    .insertInto('parameter_servers')
    .values({ name: server.name, ...told })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(told))
    .execute();
}

/** Those heard of since then, by name. */
export async function listParameterServers(db: Database, sinceMs: number): Promise<ParameterServerRecord[]> {
  const rows = await db
    .selectFrom('parameter_servers')
    .selectAll()
    .where('heard_at_ms', '>=', sinceMs)
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    memoryBytes: Number(row.memory_bytes),
    remoteAddress: row.remote_address,
    heardAtMs: Number(row.heard_at_ms),
  }));
}

export async function deleteParameterServer(db: Database, name: string): Promise<void> {
  await db.deleteFrom('parameter_servers').where('name', '=', name).execute();
}
