import { isDescentError } from '@descent/client';
import { useCallback, useEffect, useState } from 'react';
import { readFragment } from './fragment.ts';
import { ownClient } from './session.ts';

/**
 *   asking  nobody knows yet: the service is asked whether the browser's cookie speaks for somebody
 *   in      it does
 *   out     it does not
 */
export type SignInState = 'asking' | 'in' | 'out';

export interface SignIn {
  readonly state: SignInState;
  /** Of the join link that was opened. */
  readonly joinCode: string | null;
  /** Why the user must sign in again, if there is more to say than that. */
  readonly notice: string | null;
  signedIn(): void;
  signOut(reason?: string): void;
  leaveJoin(): void;
}

/** A link with `#token=…` signs in at once and loses the token from the address bar, as does `#join=…`. */
export function useSignIn(): SignIn {
  const [state, setState] = useState<SignInState>('asking');
  const [joinCode, setJoinCode] = useState<string | null>(null);
  const [notice, setNotice] = useState<string | null>(null);

  const signedIn = useCallback(() => {
    setJoinCode(null);
    setNotice(null);
    setState('in');
  }, []);
  const signedOut = useCallback((reason: string | null) => {
    setNotice(reason);
    setState('out');
  }, []);
  const signOut = useCallback(
    (reason?: string) => {
      // Who is told why has no session to end any more.
      if (reason !== undefined) signedOut(reason);
      else
        ownClient.accounts.signOut().then(
          () => signedOut(null),
          () => signedOut(null),
        );
    },
    [signedOut],
  );

  useEffect(() => {
    const onAddress = () => {
      const code = takeFragment('join');
      if (code !== null) setJoinCode(code);
      const token = takeFragment('token');
      if (token !== null) {
        setState('asking');
        ownClient.accounts.signIn({ token }).then(signedIn, (error) => signedOut(problemOf(error)));
        return true;
      }
      return false;
    };
    if (!onAddress()) {
      ownClient.accounts.whoami().then(
        () => setState('in'),
        (error) => signedOut(isDescentError(error, 'UNAUTHENTICATED') ? null : problemOf(error)),
      );
    }
    window.addEventListener('hashchange', onAddress);
    return () => window.removeEventListener('hashchange', onAddress);
  }, [signedIn, signedOut]);

  return { state, joinCode, notice, signedIn, signOut, leaveJoin: useCallback(() => setJoinCode(null), []) };
}

function problemOf(error: unknown): string {
  if (isDescentError(error, 'UNAUTHENTICATED')) return 'The token of this link is not valid.';
  return error instanceof Error ? error.message : String(error);
}

function takeFragment(name: 'token' | 'join'): string | null {
  const found = readFragment(window.location.hash, name);
  if (found === null) return null;
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, '', pathname + search + found.rest);
  return found.value;
}
