import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

/** What to change in the address: a name with nothing (empty, null, undefined) is taken out of it. */
export type ViewChange = Readonly<Record<string, string | null | undefined>>;

/**
 * How a page is looked at stands in its address, so that a link shows the same. A change takes the place of the address
 * before; with `{ push: true }` the back button undoes it.
 */
export function useView(): readonly [
  URLSearchParams,
  (change: ViewChange, options?: { readonly push?: boolean }) => void,
] {
  const [search, setSearch] = useSearchParams();
  const change = useCallback(
    (changes: ViewChange, { push = false } = {}) =>
      setSearch(
        (current) => {
          const next = new URLSearchParams(current);
          for (const [name, value] of Object.entries(changes)) {
            if (value === undefined || value === null || value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: !push },
      ),
    [setSearch],
  );
  return [search, change];
}
