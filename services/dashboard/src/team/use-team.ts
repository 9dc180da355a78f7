import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../session/session.ts';

const pollMs = 10_000;
export const accountsKey = ['accounts'] as const;

export function useTeams() {
  const client = useClient();
  return useQuery({
    queryKey: [...accountsKey, 'teams'],
    queryFn: ({ signal }) => client.accounts.teams({ signal }),
    refetchInterval: pollMs,
  });
}

export function useMembers(team: string) {
  const client = useClient();
  return useQuery({
    queryKey: [...accountsKey, 'members', team],
    queryFn: ({ signal }) => client.accounts.members(team, { signal }),
  });
}

export function useInvites(team: string, enabled: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: [...accountsKey, 'invites', team],
    queryFn: ({ signal }) => client.accounts.invites(team, { signal }),
    enabled,
  });
}

export function useTokens() {
  const client = useClient();
  return useQuery({
    queryKey: [...accountsKey, 'tokens'],
    queryFn: ({ signal }) => client.accounts.tokens({ signal }),
  });
}

export function useUsage() {
  const client = useClient();
  return useQuery({
    queryKey: [...accountsKey, 'usage'],
    queryFn: ({ signal }) => client.accounts.usage({ signal }),
    refetchInterval: pollMs,
  });
}

/** After something of the accounts was changed. */
export function useAccountsChanged(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: accountsKey });
}
