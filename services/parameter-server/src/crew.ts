import type { WorkTimings } from '@descent/gradient-channel';
import { paceInCrowd, timeLeft, unitsFor, worthRepeating } from './crew-plan.ts';
import type { GradientJobs } from './gradient-jobs.ts';
import type { Node } from './node.ts';
import type { PublishedVersion } from './parameter-versions.ts';
import type { Round } from './round.ts';
import type { Held, ReleaseReason, WorkerLink } from './worker-link.ts';

/** A gradient job lasts about this long, so that the next team's turn is never far. */
const gradientJobMs = 1_000;
/** Units of a gradient job while nobody knows yet how long one takes, and the most there ever are. */
const firstBudget = 4;
const largestBudget = 4096;
/** A worker without work for so long computes again what another one has, so that its speed stays known. */
const probeMs = 1_000;
/** A worker is back this soon with its next gradient job, if that is one of this training job: its share waits for it. */
const returnMs = 25;
/** A worker that has been away for so long is not waited for any more when a result needs a second one. */
const voteMs = 1_000;

/** The round that work is handed out from. */
export interface OpenRound {
  readonly kind: Held['kind'];
  readonly step: number;
  /** That work which is handed out now is computed from. */
  readonly version: number;
  readonly epoch: number;
  readonly round: Round;
  /** Whether this worker may compute again what others have computed. */
  mayVote(link: WorkerLink, node: Node): boolean;
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
  /** Gives open work to every worker that can take some; to `last` only what the others leave. */
  dispatch(open: OpenRound, last?: WorkerLink): void;
  /** Whether there is a worker, now or again within a moment, that may compute the node again. */
  hasVoter(open: OpenRound, node: Node): boolean;
  /** Has idle workers compute again what slow ones hold. Called often, and not at every result: it looks at every worker. */
  relieve(open: OpenRound): void;
  /** An answer to this assignment has come, whatever it is worth; with a result, what the worker says of its own time. */
  answered(link: WorkerLink, held: Held, work?: WorkTimings): void;
  /** Takes back what is not needed any more and cannot have been begun: of this round what overlaps settled units, or all. */
  recall(open: OpenRound, what: 'settled' | 'all'): void;
  /** Every connection of a worker. */
  linksOf(worker: string): readonly WorkerLink[];
  /** Ends the gradient job that the worker serves. */
  release(link: WorkerLink, reason: ReleaseReason): void;
  /** Ends every gradient job. */
  releaseAll(reason: ReleaseReason): void;
}

export function createCrew({ gradientJobs, hold, clock }: CrewOptions): Crew {
  const links = new Set<WorkerLink>();

  const release = (link: WorkerLink, reason: ReleaseReason) => {
    const { serial } = link;
    if (serial === undefined) return;
    link.serial = undefined;
    if (reason === 'served') link.servedAt = clock();
    link.wire.released(reason);
    gradientJobs.ended(serial);
  };

  /** What a worker takes whose own pace is not known: the middle of the crew. */
  const usualMs = (kind: Held['kind']): number | undefined => {
    const known = [...links].flatMap(({ pace }) => pace[kind].unitMs ?? []).sort((a, b) => a - b);
    return known[known.length >> 1];
  };

  const mayTake = (link: WorkerLink) => link.ready && link.serial !== undefined && link.budget > 0;

  /** All that a worker holds is of this version, so it may be sent it and more work. */
  const isInRound = ({ held }: WorkerLink, { kind, version }: OpenRound) =>
    held.every((one) => one.version === version && one.kind === kind);

  /** Who takes part in the round, and what they have together. */
  const crowdOf = (open: OpenRound) => {
    const now = clock();
    const usual = usualMs(open.kind);
    const isComing = (link: WorkerLink) => link.ready && now - link.servedAt < returnMs;
    const present = [...links].filter((link) => (mayTake(link) || isComing(link)) && isInRound(link, open));
    const paceOf = (link: WorkerLink) => link.pace[open.kind].unitMs ?? usual ?? 1;
    const fastestMs = present.reduce(
      (least, link) => Math.min(least, paceOf(link)),
      Number.POSITIVE_INFINITY,
    );
    /** Units of one assignment, which should be no longer than a gradient job. */
    const mostOf = (link: WorkerLink, unitMs: number) => {
      if (usual === undefined) return firstBudget;
      // It came to a crew at work: its first results take longer, and nobody should wait for more than one of them.
      if (link.pace[open.kind].unitMs === undefined) return 1;
      return Math.max(1, Math.floor(gradientJobMs / unitMs));
    };
    const members = new Map<WorkerLink, { readonly unitMs: number; readonly most: number; held: number }>();
    const crowd = { members: 0, speed: 0, held: 0, fastestMs };
    for (const link of present) {
      const held = link.held.reduce((sum, { node }) => sum + node.count, 0);
      const unitMs = paceInCrowd(paceOf(link), fastestMs);
      members.set(link, { unitMs, held, most: mostOf(link, unitMs) });
      crowd.members += 1;
      crowd.speed += 1 / unitMs;
      crowd.held += held;
    }
    return { members, crowd };
  };

  const assign = ({ kind, step, version, epoch }: OpenRound, link: WorkerLink, node: Node) => {
    const now = clock();
    if (link.version !== version) {
      const published = hold();
      link.wire.parameters(version, published.buffer, published.release);
      link.version = version;
    }
    const held: Held = { assignment: ++link.assignments, kind, version, step, node, assignedAt: now };
    if (link.held.length === 0) link.since = now;
    link.held = [...link.held, held];
    link.budget -= node.count;
    if (link.budget <= 0) gradientJobs.ending(link.serial!);
    link.wire.assign(held, epoch);
  };

  const drop = (link: WorkerLink, held: Held) => {
    link.held = link.held.filter((one) => one !== held);
  };

  return {
    get serving() {
      return [...links].filter(({ serial }) => serial !== undefined).length;
    },
    join(link, serial) {
      const isNew = !links.has(link);
      links.add(link);
      link.serial = serial;
      link.since = clock();
      const usual = usualMs('train');
      const budget = usual === undefined ? firstBudget : Math.round(gradientJobMs / usual);
      link.budget = Math.min(largestBudget, Math.max(1, budget));
      return isNew;
    },
    leave(link) {
      if (!links.delete(link)) return false;
      if (link.serial !== undefined) gradientJobs.ended(link.serial);
      link.serial = undefined;
      return true;
    },
    dispatch(open, last) {
      const order = [...links].filter((link) => link !== last);
      if (last !== undefined && links.has(last)) order.push(last);
      for (const link of order) if (link.budget <= 0 && link.held.length === 0) release(link, 'served');
      for (const link of order) {
        while (mayTake(link) && link.held.length < link.holds && isInRound(link, open)) {
          const again = open.round.takeAgain(link.worker, (node) => open.mayVote(link, node));
          if (again === undefined) break;
          assign(open, link, again);
        }
      }
      let left = open.round.open;
      if (left === 0) return;
      const { members, crowd } = crowdOf(open);
      // One each first, then a second one for those that take it.
      const deepest = Math.max(0, ...order.map(({ holds }) => holds));
      for (let depth = 0; depth < deepest; depth++) {
        for (const link of order) {
          const member = members.get(link);
          if (left === 0) return;
          if (member === undefined || !mayTake(link) || link.held.length !== depth || depth >= link.holds)
            continue;
          // The last assignment of a gradient job may go beyond its budget: a share cut short would be a piece more for the others.
          const units = Math.min(unitsFor(left, member, crowd), member.most);
          const node = units === 0 ? undefined : open.round.take(link.worker, units);
          if (node === undefined) continue;
          assign(open, link, node);
          left -= node.count;
          member.held += node.count;
          crowd.held += node.count;
        }
      }
    },
    hasVoter(open, node) {
      const now = clock();
      const isHere = (link: WorkerLink) =>
        link.ready && (link.serial !== undefined || now - link.servedAt < voteMs);
      return [...links].some((link) => isHere(link) && open.mayVote(link, node));
    },
    relieve(open) {
      const { kind, round } = open;
      const usual = usualMs(kind);
      const idle = [...links].filter((link) => mayTake(link) && link.held.length === 0);
      if (round.open > 0 || usual === undefined || idle.length === 0) return;
      const now = clock();
      const paceOf = (link: WorkerLink) => link.pace[kind].unitMs ?? usual;
      /** All that is held, and when it should be there, the latest first. */
      const expected = [...links]
        .filter(({ held }) => held.every((one) => one.kind === kind))
        .flatMap((link) => {
          let leftMs = 0;
          return link.held.map(({ step, node }, index) => {
            const wholeMs = node.count * paceOf(link);
            leftMs += index === 0 ? timeLeft(wholeMs, now - link.since) : wholeMs;
            return { step, node, leftMs };
          });
        })
        .filter(({ step }) => step === open.step)
        .sort((a, b) => b.leftMs - a.leftMs);
      for (const link of idle.sort((a, b) => paceOf(a) - paceOf(b))) {
        const isProbe = now - link.since > probeMs;
        for (const { node, leftMs } of expected) {
          if (!isProbe && !worthRepeating(leftMs, node.count * paceOf(link))) continue;
          const again = round.repeat(link.worker, node, isProbe ? 1 : Math.ceil(node.count / idle.length));
          if (again === undefined) continue;
          assign(open, link, again);
          break;
        }
      }
    },
    answered(link, held, work) {
      const now = clock();
      if (link.held[0] === held) {
        // By our clock a result that waits to be sent until the next computation is over looks long, and that next one short.
        const workMs = work === undefined ? 0 : work.data + work.compute + work.sum;
        const spentMs = workMs > 0 && Number.isFinite(workMs) ? workMs : now - link.since;
        link.pace[held.kind].measured(spentMs / held.node.count);
      }
      link.since = now;
      drop(link, held);
    },
    recall(open, what) {
      for (const link of links)
        for (const held of link.held.slice(1)) {
          if (held.step !== open.step || held.kind !== open.kind) continue;
          if (what === 'settled' && !open.round.isTouched(held.node)) continue;
          open.round.giveBack(link.worker, held.node);
          link.wire.recalled(held);
          drop(link, held);
        }
    },
    linksOf: (worker) => [...links].filter((link) => link.worker === worker),
    release,
    releaseAll(reason) {
      for (const link of links) release(link, reason);
    },
  };
}
