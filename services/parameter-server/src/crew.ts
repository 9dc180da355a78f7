import type { GradientJobs } from './gradient-jobs.ts';
import type { PublishedVersion } from './parameter-versions.ts';
import type { Round } from './round.ts';
import type { Held, ReleaseReason, WorkerLink } from './worker-link.ts';

/** A gradient job lasts about this long, so that the next team's turn is never far. */
const gradientJobMs = 1_000;
/** Assignments of a gradient job while nobody knows yet how long one takes, and the most there ever are. */
const firstBudget = 4;
const largestBudget = 4096;
/** A unit is repeated when it takes this many times as long as usual, and at least the time below. */
const slowFactor = 3;
const slowAtLeastMs = 500;
/** Weight of the newest measurement in the usual time of a unit. */
const newestShare = 0.2;

/** The round that work is handed out from. */
export interface OpenRound {
  readonly kind: Held['kind'];
  readonly version: number;
  readonly epoch: number;
  readonly round: Round;
}

export interface CrewOptions {
  readonly gradientJobs: GradientJobs;
  /** The current version of the parameters, kept from being overwritten until it is released. */
  hold(): PublishedVersion;
  /** Monotonic milliseconds. */
  clock(): number;
}

/** The workers that serve one training job: who is free, who gets what, and when a gradient job is over. */
export interface Crew {
  /** Workers that serve a gradient job now. */
  readonly serving: number;
  /** False: the worker was there already and has only begun its next gradient job. */
  join(link: WorkerLink, serial: number): boolean;
  /** False: the worker was not there. */
  leave(link: WorkerLink): boolean;
  /** Gives work to every worker that is free; to `last` only what the others leave. */
  dispatch(open: OpenRound, last?: WorkerLink): void;
  /** A result of this worker was taken; it is free. */
  done(link: WorkerLink, held: Held): void;
  /** Ends every gradient job. */
  releaseAll(reason: ReleaseReason): void;
}

export function createCrew({ gradientJobs, hold, clock }: CrewOptions): Crew {
  const links = new Set<WorkerLink>();
  let usualMs: number | undefined;

  const release = (link: WorkerLink, reason: ReleaseReason) => {
    const { serial } = link;
    if (serial === undefined) return;
    link.serial = undefined;
    link.wire.released(reason);
    gradientJobs.ended(serial);
  };

  const give = ({ kind, version, epoch, round }: OpenRound, link: WorkerLink) => {
    if (link.serial === undefined || link.held !== undefined) return;
    if (link.budget === 0) {
      release(link, 'served');
      return;
    }
    const now = clock();
    const slowMs = Math.max(slowAtLeastMs, slowFactor * (usualMs ?? Number.POSITIVE_INFINITY));
    const unit = round.take(link.worker, now) ?? round.repeat(link.worker, now, slowMs);
    if (unit === undefined) return;
    if (link.version !== version) {
      const published = hold();
      link.wire.parameters(version, published.buffer, published.release);
      link.version = version;
    }
    link.held = { assignment: ++link.assignments, kind, version, unit, since: now };
    link.budget--;
    if (link.budget === 0) gradientJobs.ending(link.serial);
    link.wire.assign(link.held, epoch);
  };

  return {
    get serving() {
      return [...links].filter(({ serial }) => serial !== undefined).length;
    },
    join(link, serial) {
      const isNew = !links.has(link);
      links.add(link);
      link.serial = serial;
      const budget = usualMs === undefined ? firstBudget : Math.round(gradientJobMs / usualMs);
      link.budget = Math.min(largestBudget, Math.max(1, budget));
      return isNew;
    },
    leave(link) {
      if (!links.delete(link)) return false;
      link.held = undefined;
      if (link.serial !== undefined) gradientJobs.ended(link.serial);
      link.serial = undefined;
      return true;
    },
    dispatch(open, last) {
      for (const link of links) if (link !== last) give(open, link);
      if (last !== undefined && links.has(last)) give(open, last);
    },
    done(link, held) {
      const tookMs = clock() - held.since;
      usualMs = usualMs === undefined ? tookMs : usualMs + newestShare * (tookMs - usualMs);
      link.held = undefined;
      link.wire.accepted(held);
    },
    releaseAll(reason) {
      for (const link of links) release(link, reason);
    },
  };
}
