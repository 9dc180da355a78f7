import { DescentError } from '@descent/errors';
import { type FrameHeader, type WorkTimings, wrongLength } from '@descent/gradient-channel';
import type { Audit } from './audit.ts';
import { createAuditor, type Result } from './auditor.ts';
import type { Crew } from './crew.ts';
import type { Ends } from './ends.ts';
import type { GradientSlot } from './gradient-slot.ts';
import { answeredBy, objectionTo } from './objection.ts';
import type { Reporter } from './reporter.ts';
import type { CurrentRound, Rounds } from './rounds.ts';
import type { TimesObserver } from './step-times.ts';
import type { TrainingState } from './training-state.ts';
import type { Held, WorkerLink } from './worker-link.ts';

/** A micro-batch whose gradient was not finite twice, on whatever workers, is no accident. */
const mostNotFinite = 2;
/** Assignments that failed on workers (engine errors, data that cannot be read) before the job fails. */
const mostFailures = 3;

export interface ResultsOptions {
  readonly jobId: string;
  readonly incarnation: number;
  readonly audit: Audit | undefined;
  readonly state: TrainingState;
  readonly rounds: Rounds;
  readonly crew: Crew;
  readonly ends: Ends;
  readonly reporter: Reporter;
  readonly times: TimesObserver;
  leave(link: WorkerLink, reason: string): void;
  /** Monotonic milliseconds. */
  clock(): number;
}

/** What workers answer to their assignments: what of it counts, and what becomes of the rest. */
export interface Results {
  /** Before a payload is received: where it goes, or why not. */
  expectGradient(link: WorkerLink, header: FrameHeader): GradientSlot | DescentError;
  gradient(link: WorkerLink, header: FrameHeader, slot: GradientSlot): void;
  scores(link: WorkerLink, header: FrameHeader, sums: Float64Array, work: WorkTimings): void;
  refused(link: WorkerLink, header: FrameHeader, error: DescentError): void;
  failed(link: WorkerLink, header: FrameHeader, error: DescentError): void;
  /** Workers whose second result was waited for may be gone. */
  recount(round: CurrentRound): void;
}

export function createResults(options: ResultsOptions): Results {
  const { jobId, incarnation, audit, state, rounds, crew, ends, reporter, times, clock } = options;
  let couldNotPrepare = 0;

  const auditor =
    audit &&
    createAuditor<CurrentRound>({
      audit,
      crew,
      reporter,
      ends,
      dispatch: () => rounds.dispatch(),
      count: (open, result) => collect(open, result, result.slot!),
      leave: options.leave,
      lastFiniteLoss: () => rounds.lastFiniteLoss,
    });

  const objection = (link: WorkerLink, kind: Held['kind'], header: FrameHeader) =>
    objectionTo(kind, header, link.held, rounds.open, state.version);

  const refused: Results['refused'] = (link, header, error) => {
    link.wire.refused(header, error);
    reporter.event('gradient-refused', error.message, { code: error.code, worker: link.worker });
    const held = link.held.find(({ assignment }) => assignment === header.assignment);
    if (held !== undefined) {
      crew.answered(link, held);
      rounds.giveBack(link, held);
    }
    // Others first: a result that was refused is better computed elsewhere.
    rounds.dispatch(link);
  };

  /** A valid result is there, whether it is to be compared with others or not. */
  const answered = (link: WorkerLink, held: Held, work: WorkTimings): void => {
    crew.answered(link, held, work);
    link.wire.accepted(held);
  };

  /** Takes a result into the ledger. */
  const settle = (open: CurrentRound, result: Omit<Result, 'slot' | 'loss'>): void => {
    const { worker, held, answeredAt, receivedAt, work } = result;
    const { kind, step, node, assignedAt } = held;
    open.round.settle(worker, node);
    crew.recall(open, 'settled');
    times.unit({
      kind,
      version: step,
      first: node.first,
      count: node.count,
      worker,
      openedAt: open.openedAt,
      assignedAt,
      answeredAt,
      receivedAt,
      acceptedAt: clock(),
      handedOut: open.round.handedOut(node),
      work,
    });
  };

  /** Adds a gradient to those of its step. */
  const collect = (open: CurrentRound, result: Result, slot: GradientSlot): void => {
    settle(open, result);
    const { first, count } = result.held.node;
    const total = open.gradients.add(first, count, slot);
    if (total === undefined) rounds.dispatch();
    else rounds.complete(open, total, result.receivedAt);
  };

  return {
    expectGradient(link, header) {
      if (header.incarnation !== incarnation) {
        return new DescentError('INCARNATION_STALE', {
          jobId,
          current: incarnation,
          given: header.incarnation,
        });
      }
      if (header.payloadBytes !== state.slotBytes) return wrongLength(header, state.slotBytes);
      return objection(link, 'train', header) ?? state.takeSlot();
    },
    gradient(link, header, slot) {
      const receivedAt = clock();
      const late = objection(link, 'train', header);
      if (late !== undefined) {
        state.freeSlot(slot);
        refused(link, header, late);
        return;
      }
      const held = answeredBy(header, 'train', link.held)!;
      const open = rounds.find(held)!;
      const found = slot.check();
      if (found === 'damaged') {
        state.freeSlot(slot);
        refused(
          link,
          header,
          new DescentError('FRAME_MALFORMED', { problem: 'a gradient that no encoder makes' }),
        );
        return;
      }
      const { answeredAt, sums } = slot;
      const isWhole = found === 'finite';
      const isAudited =
        open.ballots.find(held.node) !== undefined ||
        (isWhole && audit?.isDue(held.step, held.node) === true);
      const result: Result = {
        worker: link.worker,
        held,
        slot: isWhole ? slot : undefined,
        loss: sums[1]! / sums[0]!,
        answeredAt,
        receivedAt,
        work: slot.timings(),
      };
      if (!isWhole) state.freeSlot(slot);
      if (isAudited) {
        answered(link, held, result.work);
        auditor!.vote(open, link, result);
      } else if (isWhole) {
        audit?.vouching.contributed(link.worker, held.step);
        answered(link, held, result.work);
        collect(open, result, slot);
      } else {
        const attempts = open.round.refuse(link.worker, held.node);
        const { step, microBatch } = header;
        refused(link, header, new DescentError('GRADIENT_NOT_FINITE', { step, microBatch }));
        if (attempts >= mostNotFinite) ends.diverged(result.loss, rounds.lastFiniteLoss);
      }
    },
    scores(link, header, sums, work) {
      const receivedAt = clock();
      const late = objection(link, 'evaluate', header);
      if (late !== undefined) {
        refused(link, header, late);
        return;
      }
      const held = answeredBy(header, 'evaluate', link.held)!;
      const open = rounds.find(held)!;
      answered(link, held, work);
      settle(open, { worker: link.worker, held, answeredAt: receivedAt, receivedAt, work });
      const total = open.scores.add(held.node.first, held.node.count, sums);
      if (total === undefined) rounds.dispatch();
      else rounds.scored(open, total);
    },
    refused,
    failed(link, header, error) {
      const held = link.held.find(({ assignment }) => assignment === header.assignment);
      const isPreparation = header.assignment === 0;
      if (ends.over || (held === undefined && !isPreparation)) return;
      let attempts = 0;
      if (isPreparation) attempts = ++couldNotPrepare;
      else if (held !== undefined) {
        attempts = rounds.find(held)?.round.refuse(link.worker, held.node) ?? 0;
        crew.answered(link, held);
      }
      reporter.event('log', `Worker ${link.worker} could not compute: ${error.message}`, {
        code: error.code,
      });
      if (attempts >= mostFailures) {
        const what = isPreparation ? 'to prepare the job' : 'at one micro-batch';
        const problem = `${attempts} attempts ${what} failed, the last with: ${error.message}`;
        ends.fail(new DescentError('JOB_FAILED', { step: state.version, problem }, { cause: error }));
        return;
      }
      rounds.dispatch(link);
    },
    recount: (round) => auditor?.recount(round),
  };
}
