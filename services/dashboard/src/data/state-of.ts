import type { Dataset } from '@descent/client';

/** A built-in data set is read when it is first used, if its files are installed. */
export function stateOf({ state, origin }: Pick<Dataset, 'state' | 'origin'>): string {
  if (state === 'ready' || origin === undefined) return state;
  return origin.install === null ? 'built in' : `needs: ${origin.install}`;
}
