/** Advisory locks of Postgres are two numbers. This one is ours: others may keep theirs in the same database. */
export const advisoryLockSpace = 0x0de5ce27;

/** Held by the transaction under way. Named locks are hashes of their names (`postgres-locks.ts`). */
export const transactionLock = 0;
