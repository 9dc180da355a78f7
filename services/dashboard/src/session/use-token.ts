import { useCallback, useEffect, useState } from 'react';
import { readFragmentToken } from './fragment-token.ts';
import { forgetToken, storedToken, storeToken } from './token-store.ts';

export interface TokenState {
  readonly token: string | null;
  /** Why the user must sign in again, if there is more to say than that. */
  readonly notice: string | null;
  signIn(token: string, remember: boolean): void;
  signOut(reason?: string): void;
}

/** Holds the token of the session; a link with `#token=…` signs in at once and loses the token from the address bar. */
export function useToken(): TokenState {
  const [state, setState] = useState<{ token: string | null; notice: string | null }>(() => ({
    token: takeFragmentToken() ?? storedToken(),
    notice: null,
  }));

  useEffect(() => {
    const onHash = () => {
      const token = takeFragmentToken();
      if (token !== null) setState({ token, notice: null });
    };
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, []);

  const signIn = useCallback((token: string, remember: boolean) => {
    storeToken(token, remember);
    setState({ token, notice: null });
  }, []);

  const signOut = useCallback((reason?: string) => {
    forgetToken();
    setState({ token: null, notice: reason ?? null });
  }, []);

  return { ...state, signIn, signOut };
}

function takeFragmentToken(): string | null {
  const found = readFragmentToken(window.location.hash);
  if (found === null) return null;
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, '', pathname + search + found.rest);
  storeToken(found.token, false);
  return found.token;
}
