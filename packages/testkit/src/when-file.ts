import { watch } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Calls `look` now and whenever something in the folder of `path` changes, until it gives something.
 * Rejects after `timeoutMs` with what was waited for.
 */
export function whenFile<Found>(
  path: string,
  look: () => Found | undefined,
  options: { readonly what: string; readonly timeoutMs?: number },
): Promise<Found> {
  const { what, timeoutMs = 30_000 } = options;
  return new Promise((resolve, reject) => {
    const watcher = watch(dirname(path));
    const end = (settle: () => void) => {
      clearTimeout(timer);
      watcher.close();
      settle();
    };
    const timer = setTimeout(
      () => end(() => reject(new Error(`${what}: not within ${timeoutMs} ms`))),
      timeoutMs,
    );
    const check = () => {
      const found = look();
      if (found !== undefined) end(() => resolve(found));
    };
    watcher.on('change', check);
    watcher.on('error', (error) => end(() => reject(error)));
    check();
  });
}
