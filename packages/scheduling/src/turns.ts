import type { GradientTurn } from '@descent/contracts';
import { groupBy, sum } from './group-by.ts';
import type { Ledger } from './ledger.ts';
import type { SchedulingSettings } from './settings.ts';
import { passOf } from './standing.ts';

/** BullMQ's largest priority. */
export const largestPriority = 2 ** 21 - 1;
/** Steps of a priority per second of pass: the range holds 35 minutes, the spread of passes is some seconds. */
const priorityPerSecond = 1000;

/** A training job that a parameter server holds, as its gradient jobs stand. */
export interface GradientDemand {
  readonly job: string;
  readonly team: string;
  readonly weight: number;
  /** The team's own; higher goes first. */
  readonly priority: number;
  /** Gradient jobs that no worker has taken. */
  readonly waiting: number;
  /** When the one that waits longest came; orders jobs of equal priority, which so take turns. */
  readonly waitingSinceMs: number;
  /** Gradient jobs that workers serve now. */
  readonly serving: number;
  /** What one costs, measured; null: not yet. */
  readonly gradientJobSeconds: number | null;
}

/**
 * The priorities of all waiting gradient jobs. The k-th of a team is tagged with the pass that the team will have
 * when the ones before it were served (start-time fair queuing, Goyal et al. 1996), so the order is right for as long
 * as nobody refreshes it, and a team with a thousand of them has no advantage over a team with one.
 */
export function gradientTurns(
  ledger: Ledger,
  demands: readonly GradientDemand[],
  settings: SchedulingSettings,
): Map<string, GradientTurn> {
  const teams = groupBy(demands, ({ team }) => team);
  const seconds = (demand: GradientDemand) => demand.gradientJobSeconds ?? settings.gradientJobSeconds;
  /** What is being served is booked as it goes: on average half of each is still to come. */
  const startOf = ([team, own]: [string, readonly GradientDemand[]]) => {
    const toCome = sum(own.map((demand) => (demand.serving * seconds(demand)) / 2));
    const { weight } = own[0]!;
    return passOf(ledger.gradients, team, weight, settings.creditSeconds) + toCome / weight;
  };
  const starts = new Map([...teams].map((entry) => [entry[0], startOf(entry)]));
  const smallest = Math.min(...starts.values());
  const turns = new Map<string, GradientTurn>();
  for (const [team, own] of teams) {
    let tag = starts.get(team)! - smallest;
    for (const equals of byPriority(own)) {
      const costs = equals.map((demand) => seconds(demand) / demand.weight);
      const round = sum(costs);
      for (const [index, demand] of equals.entries()) {
        const first = tag + sum(costs.slice(0, index));
        turns.set(demand.job, { first: toPriority(first, 1), step: toPriority(round, 0) });
      }
      tag += sum(equals.map((demand, index) => Math.max(1, demand.waiting) * costs[index]!));
    }
  }
  return turns;
}

/** The priority of a training job's k-th waiting gradient job, k from 0. */
export function priorityAt({ first, step }: GradientTurn, index: number): number {
  return Math.min(largestPriority, first + index * step);
}

/** Groups of equal priority, highest first; within a group by who waits longest. */
function byPriority(demands: readonly GradientDemand[]): GradientDemand[][] {
  const groups = groupBy(demands, ({ priority }) => priority);
  return [...groups]
    .sort(([a], [b]) => b - a)
    .map(([, equals]) =>
      equals.sort((a, b) => a.waitingSinceMs - b.waitingSinceMs || (a.job < b.job ? -1 : 1)),
    );
}

/** BullMQ puts a job without a priority (0) before all others, so ours begin at 1. */
function toPriority(pass: number, least: number): number {
  return Math.min(largestPriority, least + Math.round(pass * priorityPerSecond));
}
