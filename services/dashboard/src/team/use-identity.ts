import { useQuery } from '@tanstack/react-query';
import { useClient } from '../session/session.ts';

/** Who is signed in. */
export function useIdentity() {
  const client = useClient();
  return useQuery({
    queryKey: ['identity'],
    queryFn: ({ signal }) => client.accounts.whoami({ signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
