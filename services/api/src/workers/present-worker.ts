import { type ClusterWorker, roles, type WorkerState } from '@descent/contracts';
import type { OwnedWorker, TokenRecord, WorkerWish } from '@descent/storage';

const stateOf = {
  work: 'active',
  pause: 'paused',
  leave: 'draining',
} as const satisfies Record<WorkerWish, WorkerState>;

/** Staff may steer all, members what joined with their tokens, owners what joined with tokens of the team. */
export function maySteer(caller: TokenRecord, { owner }: OwnedWorker): boolean {
  if (caller.role === 'staff') return true;
  if (owner === null) return false;
  const isOwner = roles.indexOf(caller.role) >= roles.indexOf('owner');
  return owner.id === caller.memberId || (isOwner && owner.team === caller.teamId);
}

export function serves(worker: OwnedWorker, team: string): boolean {
  return worker.lentTo === null || worker.lentTo === team || worker.owner?.team === team;
}

/** @param teamOfJob of the job that it serves; undefined: that is over */
export function presentWorker(
  worker: OwnedWorker,
  caller: TokenRecord,
  { teamOfJob, lostBeforeMs }: { readonly teamOfJob: string | undefined; readonly lostBeforeMs: number },
): ClusterWorker {
  const mine = maySteer(caller, worker);
  const isLost = worker.heardAtMs < lostBeforeMs;
  const seesJob = !isLost && teamOfJob !== undefined && (mine || teamOfJob === caller.teamId);
  const seesOwner = mine || worker.owner?.team === caller.teamId;
  return {
    id: worker.id,
    name: worker.name,
    owner: worker.owner === null || !seesOwner ? null : { id: worker.owner.id, name: worker.owner.name },
    team: worker.lentTo,
    state: isLost ? (worker.wanted === 'leave' ? 'left' : 'lost') : stateOf[worker.wanted],
    mine,
    engine: worker.engine,
    device: worker.device,
    numericsClass: worker.numericsClass,
    threads: worker.threads,
    job: seesJob ? worker.job : null,
    samplesPerSecond: isLost || !(seesJob || mine) ? 0 : worker.samplesPerSecond,
    load: isLost ? 0 : worker.load,
    joinedAt: new Date(worker.joinedAtMs).toISOString(),
    heardAt: new Date(worker.heardAtMs).toISOString(),
  };
}
