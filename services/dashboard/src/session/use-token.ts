import { useCallback, useEffect, useState } from 'react';
import { readFragment } from './fragment.ts';
import { forgetToken, storedToken, storeToken } from './token-store.ts';

export interface TokenState {
  readonly token: string | null;
  /** Of the join link that was opened. */
  readonly joinCode: string | null;
  /** Why the user must sign in again, if there is more to say than that. */
  readonly notice: string | null;
  signIn(token: string, remember: boolean): void;
  signOut(reason?: string): void;
  leaveJoin(): void;
}

/** Holds the token of the session; a link with `#token=…` signs in at once and loses the token from the address bar. */
export function useToken(): TokenState {
  const [state, setState] = useState<Pick<TokenState, 'token' | 'joinCode' | 'notice'>>(() => ({
    joinCode: takeFragment('join'),
    token: takeFragmentToken() ?? storedToken(),
    notice: null,
  }));

  useEffect(() => {
    const onHash = () => {
      const token = takeFragmentToken();
      if (token !== null) setState({ token, joinCode: null, notice: null });
      const joinCode = takeFragment('join');
      if (joinCode !== null) setState((state) => ({ ...state, joinCode }));
    };
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, []);

  const signIn = useCallback((token: string, remember: boolean) => {
    storeToken(token, remember);
    setState({ token, joinCode: null, notice: null });
  }, []);

  const signOut = useCallback((reason?: string) => {
    forgetToken();
    setState({ token: null, joinCode: null, notice: reason ?? null });
  }, []);

  const leaveJoin = useCallback(() => setState((state) => ({ ...state, joinCode: null })), []);

  return { ...state, signIn, signOut, leaveJoin };
}

function takeFragmentToken(): string | null {
  const token = takeFragment('token');
  if (token !== null) storeToken(token, false);
  return token;
}

function takeFragment(name: 'token' | 'join'): string | null {
  const found = readFragment(window.location.hash, name);
  if (found === null) return null;
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, '', pathname + search + found.rest);
  return found.value;
}
