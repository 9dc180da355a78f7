/** A map that keeps the entries used last and gives the others back to `drop`. */
export interface RecentlyUsed<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  clear(): void;
}

export function createRecentlyUsed<Key, Value>(
  capacity: number,
  drop: (value: Value) => void,
): RecentlyUsed<Key, Value> {
  const entries = new Map<Key, Value>();
  const remove = (key: Key) => {
    const value = entries.get(key);
    if (value === undefined) return;
    entries.delete(key);
    drop(value);
  };

  return {
    get(key) {
      const value = entries.get(key);
      if (value !== undefined) {
        entries.delete(key);
        entries.set(key, value);
      }
      return value;
    },
    set(key, value) {
      remove(key);
      entries.set(key, value);
      if (entries.size > capacity) remove(entries.keys().next().value as Key);
    },
    delete: remove,
    clear() {
      for (const key of [...entries.keys()]) remove(key);
    },
  };
}
