import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { countTokens, type Database, defaultTeamId, insertMember, insertToken } from '@descent/storage';
import { ulid } from 'ulid';
import { createToken, hashToken, isTokenShaped } from './token.ts';

/**
 * Makes the first token, of a member with the role staff, on the first start; null when there are tokens already. It is also kept in
 * `<data folder>/bootstrap-token`, readable by the owner of the folder alone, so that `descent up` can print it again.
 * The file is written first: a crash in between is repaired by the next start, which takes the token from the file.
 */
export async function ensureBootstrapToken(db: Database, dataDir: string): Promise<string | null> {
  if ((await countTokens(db)) > 0) return null;
  const file = path.join(dataDir, 'bootstrap-token');
  const token = (await readToken(file)) ?? (await writeToken(file, createToken()));
  const createdAt = new Date().toISOString();
  const memberId = `mem_${ulid()}`;
  await db.transaction().execute(async (transaction) => {
    await insertMember(transaction, {
      id: memberId,
      team: defaultTeamId,
      name: 'staff',
      email: null,
      role: 'staff',
      createdAt,
    });
    const rights = { scopes: ['read', 'submit', 'manage'], lentTo: null, expiresAt: null } as const;
    const id = `tok_${ulid()}`;
    await insertToken(
      transaction,
      { id, name: 'bootstrap', memberId, createdAt, ...rights },
      hashToken(token),
    );
  });
  return token;
}

async function readToken(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return isTokenShaped(text.trim()) ? text.trim() : null;
}

async function writeToken(file: string, token: string): Promise<string> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(`${token}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return token;
}
