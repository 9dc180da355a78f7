import { createClient, type DescentClient } from '@descent/client';
import { createContext, useContext } from 'react';

export interface Session {
  readonly client: DescentClient;
  /** With a sentence to show on the sign-in page when it was not the user's wish. */
  signOut(reason?: string): void;
}

export const SessionContext = createContext<Session | null>(null);

/** @throws Error outside of a signed-in page */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession needs a signed-in page around it');
  return session;
}

export function useClient(): DescentClient {
  return useSession().client;
}

/** The api serves the dashboard, so it listens where this page came from; the browser's cookie speaks for the user. */
export const ownClient: DescentClient = createClient({
  url: window.location.origin,
  // Somebody looks at the page.
  patienceMs: 5_000,
});
