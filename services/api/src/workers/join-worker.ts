import type { WorkerJoin, WorkerJoined } from '@descent/contracts';
import {
  type Database,
  deleteWorker,
  findWorkerByName,
  forgetWorkersBefore,
  insertWorker,
  type TokenRecord,
  type WorkerWish,
} from '@descent/storage';
import { ulid } from 'ulid';

/** A lost worker, or one that has left, is listed this long, so that its owner sees that it is gone. */
const rememberedMs = 10 * 60_000;

/**
 * Lets a worker in. One of our own takes the place of the one before it with its name, and stays paused if that was;
 * another one's name gets an end of its own: on the gradient channel names tell workers apart.
 * @param token of a worker from elsewhere; null: one of our own processes
 */
export async function joinWorker(
  db: Database,
  join: WorkerJoin,
  token: Pick<TokenRecord, 'id' | 'lentTo'> | null,
  nowMs: number,
): Promise<WorkerJoined> {
  const id = `wrk_${ulid(nowMs)}`;
  const name = token === null ? join.name : `${join.name}@${id.slice(-6).toLowerCase()}`;
  const lentTo = token?.lentTo ?? null;
  await db.transaction().execute(async (transaction) => {
    await forgetWorkersBefore(transaction, nowMs - rememberedMs);
    const before = await findWorkerByName(transaction, name);
    if (before !== null) await deleteWorker(transaction, before.id);
    await insertWorker(transaction, {
      ...join,
      id,
      name,
      tokenId: token?.id ?? null,
      lentTo,
      wanted: wishAfter(before?.wanted),
      job: null,
      load: 0,
      samplesPerSecond: 0,
      joinedAtMs: nowMs,
      heardAtMs: nowMs,
    });
  });
  return { id, name, lentTo };
}

function wishAfter(before: WorkerWish | undefined): WorkerWish {
  return before === 'pause' ? 'pause' : 'work';
}
