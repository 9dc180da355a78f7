import type { Role, Scope } from '@descent/contracts';
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { ObjectKind } from './objects.ts';

/**
 * Who may use a route. Every route declares one in its `config`, with the words below; the server does not start with
 * one that does not (`refuseUndeclared`), and `authorize` holds every request against it before its body is read.
 */
export type Policy =
  | { readonly access: 'anybody' }
  /** Our own processes, by the service token. */
  | { readonly access: 'ourProcesses' }
  | {
      readonly access: 'token';
      readonly scope: Scope;
      /** At least; `member` is everybody with a token. */
      readonly role: Role;
      /** What `:id` in the path names. One of another team is answered as if it did not exist. */
      readonly object: ObjectKind | null;
    };

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: Policy;
  }
}

export const anybody = { policy: { access: 'anybody' } } as const satisfies Declared;
export const ourProcesses = { policy: { access: 'ourProcesses' } } as const satisfies Declared;

export function requires(
  scope: Scope,
  { role = 'member', object }: { readonly role?: Role; readonly object?: ObjectKind } = {},
): Declared {
  return { policy: { access: 'token', scope, role, object: object ?? null } };
}
interface Declared {
  readonly policy: Policy;
}

/** Collects the routes as they are added; `check` throws when one of them says nothing about who may use it. */
export function refuseUndeclared(app: FastifyInstance): { readonly routes: readonly RouteOptions[] } {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
  // Routes of plugins get theirs from hooks that run after ours: hence at the end.
  app.addHook('onReady', async () => {
    const undeclared = routes.filter(({ config }) => config?.policy === undefined);
    if (undeclared.length === 0) return;
    const names = undeclared.map(({ method, url }) => `${method} ${url}`).join(', ');
    throw new Error(`No policy is declared for ${names}: add one of http/policy.ts to the route's config`);
  });
  return { routes };
}

/** For plugins that add routes of their own: everything in this scope is for anybody. */
export function openToAnybody(scope: FastifyInstance): void {
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, ...anybody };
  });
}
