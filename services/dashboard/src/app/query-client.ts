import { isDescentError } from '@descent/client';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

/** Repeats only what may succeed later; a token that is no longer valid ends the session, whichever call meets it. */
export function createQueryClient(onUnauthenticated: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (isDescentError(error, 'UNAUTHENTICATED')) onUnauthenticated();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < 3 && isDescentError(error) && error.entry.retryable,
        // Whether the service can be reached decides, not whether the machine thinks it is online.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}
