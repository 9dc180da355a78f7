/** What admission decides about: everything in it is read from the database and the reports, nothing is kept. */
export interface SchedulingView {
  readonly nowMs: number;
  readonly cluster: Cluster;
  readonly teams: ReadonlyMap<string, TeamSettings>;
  /** Those that wait for a place and those that hold one. */
  readonly jobs: readonly SchedulingJob[];
}

export interface Cluster {
  /** Staff have paused the installation. */
  readonly paused: boolean;
  /** How many training jobs may run at once. */
  readonly places: number;
  readonly workers: number;
  /** Parameter servers; `memoryBytes` is what all their training jobs together may take. */
  readonly servers: readonly { readonly name: string; readonly memoryBytes: number }[];
}

/** `null`: without a limit. */
export interface TeamSettings {
  readonly weight: number;
  readonly paused: boolean;
  readonly runningLimit: number | null;
  readonly budgetWorkerSeconds: number | null;
  readonly storedBytesLimit: number | null;
  readonly storedBytes: number;
}

/**
 * waiting   stands in line. Leaves by `admit`.
 * held      has a place: offered to a parameter server (`server` is null until it claims) or running. Leaves by its end
 *           or by `release`.
 * leaving   was asked to give its place back and is writing its last checkpoint; the place is still taken.
 */
export type SchedulingState = 'waiting' | 'held' | 'leaving';

export interface SchedulingJob {
  readonly id: string;
  readonly team: string;
  /** The team's own; higher goes first. */
  readonly priority: number;
  readonly state: SchedulingState;
  readonly queuedAtMs: number;
  /** Since when it has its place; null while it waits. */
  readonly heldSinceMs: number | null;
  readonly server: string | null;
  readonly memoryBytes: number;
  /** From its price and the workers' speed; null: unknown. */
  readonly remainingWorkerSeconds: number | null;
  readonly maxWorkers: number;
  /** When it last applied an update; null while it waits or before its first. */
  readonly updatedAtMs: number | null;
  /** Its loss or parameters are no longer finite. */
  readonly diverged: boolean;
}

export const unlimitedTeam: TeamSettings = {
  weight: 1,
  paused: false,
  runningLimit: null,
  budgetWorkerSeconds: null,
  storedBytesLimit: null,
  storedBytes: 0,
};

export function settingsOf(view: SchedulingView, team: string): TeamSettings {
  return view.teams.get(team) ?? unlimitedTeam;
}
