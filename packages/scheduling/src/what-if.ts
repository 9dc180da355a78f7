import type { WaitingReason, WhatIfChange } from '@descent/contracts';
import { type SchedulingView, settingsOf, type TeamSettings } from './view.ts';

/** The change that would help against each reason. */
export const helpfulChange = {
  starting: null,
  maintenance: 'maintenance-over',
  'team-paused': 'team-resumed',
  'budget-spent': 'budget-raised',
  'storage-full': 'storage-freed',
  'no-server': 'server-added',
  'too-large': 'server-added',
  'no-worker': 'worker-added',
  'running-limit': 'running-limit-raised',
  'behind-own-jobs': 'first-in-team',
  'behind-other-teams': 'place-added',
  'place-kept': 'place-added',
  'places-taken': 'place-added',
  'memory-taken': 'memory-free',
} as const satisfies Record<WaitingReason, WhatIfChange | null>;

export const changeInWords = {
  'maintenance-over': 'If the maintenance ended now',
  'team-resumed': 'If staff resumed your team now',
  'budget-raised': 'With more budget',
  'storage-freed': 'With room for your team’s files',
  'server-added': 'With one more parameter server',
  'worker-added': 'With 1 worker',
  'running-limit-raised': 'If your team might run one more job',
  'first-in-team': 'As the first of your team’s jobs',
  'place-added': 'With one more place',
  'memory-free': 'With enough free memory',
} as const satisfies Record<WhatIfChange, string>;

/** Those that need a forecast of their own. */
export type ForeseenChange = Exclude<WhatIfChange, 'first-in-team'>;

/** The view as it would be, for a job of this team. */
export function applyChange(view: SchedulingView, of: string, change: ForeseenChange): SchedulingView {
  const { cluster } = view;
  const team = settingsOf(view, of);
  const withTeam = (more: Partial<TeamSettings>) => ({
    ...view,
    teams: new Map(view.teams).set(of, { ...team, ...more }),
  });
  const withCluster = (more: Partial<typeof cluster>) => ({ ...view, cluster: { ...cluster, ...more } });
  switch (change) {
    case 'maintenance-over':
      return withCluster({ paused: false });
    case 'team-resumed':
      return withTeam({ paused: false });
    case 'budget-raised':
      return withTeam({ budgetWorkerSeconds: null });
    case 'storage-freed':
      return withTeam({ storedBytesLimit: null });
    case 'server-added':
    case 'memory-free': {
      const memoryBytes = Math.max(0, ...view.jobs.map((job) => job.memoryBytes));
      return withCluster({ servers: [...cluster.servers, { name: '', memoryBytes }] });
    }
    case 'worker-added':
      return withCluster({ workers: cluster.workers + 1 });
    case 'running-limit-raised':
      return withTeam({ runningLimit: (team.runningLimit ?? 0) + 1 });
    case 'place-added':
      return withCluster({ places: cluster.places + 1 });
    default:
      return change satisfies never;
  }
}
