import type { UsageEntry } from '@descent/client';

/** Worker-seconds of each team. */
export function usageByTeam(usage: readonly UsageEntry[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { team, workerSeconds } of usage) sums.set(team, (sums.get(team) ?? 0) + workerSeconds);
  return sums;
}
