/**
 * Prepared programs by key. Those in use are counted and never ended; of the others the `capacity` released last are
 * kept. Callers that ask for one key at the same time share one preparation.
 */
export class ProgramCache<Prepared> {
  readonly #entries = new Map<string, { readonly prepared: Promise<Prepared>; users: number }>();
  readonly #capacity: number;
  readonly #end: (prepared: Prepared) => Promise<void>;

  constructor(capacity: number, end: (prepared: Prepared) => Promise<void>) {
    this.#capacity = capacity;
    this.#end = end;
  }

  async acquire(key: string, prepare: () => Promise<Prepared>): Promise<Prepared> {
    const known = this.#entries.get(key);
    const entry = known ?? { prepared: prepare(), users: 0 };
    entry.users += 1;
    if (known === undefined) this.#entries.set(key, entry);
    try {
      return await entry.prepared;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  async release(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.users -= 1;
    // Re-inserted, so that the map's order is the order of release.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const idle = [...this.#entries].filter(([, { users }]) => users === 0);
    for (const [oldest, { prepared }] of idle.slice(0, Math.max(0, idle.length - this.#capacity))) {
      this.#entries.delete(oldest);
      await this.#end(await prepared);
    }
  }

  async clear(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const { prepared } of entries) await this.#end(await prepared);
  }
}
