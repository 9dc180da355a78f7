import { createHash } from 'node:crypto';
import { DescentError } from '@descent/errors';
import type { WorkTimings } from '@descent/gradient-channel';
import type { Audit } from './audit.ts';
import { verdictOf } from './ballot.ts';
import type { Ballot, Ballots } from './ballots.ts';
import type { Crew, OpenRound } from './crew.ts';
import type { Ends } from './ends.ts';
import type { GradientSlot } from './gradient-slot.ts';
import { describeNode, type Node } from './node.ts';
import type { Reporter } from './reporter.ts';
import type { Held, WorkerLink } from './worker-link.ts';

/** A gradient, from its worker to its place in the sum. */
export interface Result {
  readonly worker: string;
  readonly held: Held;
  /** Undefined when it is not finite, as another worker's may be too. */
  readonly slot: GradientSlot | undefined;
  readonly loss: number;
  /** Monotonic milliseconds. */
  readonly answeredAt: number;
  readonly receivedAt: number;
  readonly work: WorkTimings;
}

export interface AuditedRound extends OpenRound {
  readonly ballots: Ballots<Result>;
}

export interface AuditorOptions<Round extends AuditedRound> {
  readonly audit: Audit;
  readonly crew: Crew;
  readonly reporter: Reporter;
  readonly ends: Ends;
  dispatch(): void;
  /** Adds a gradient that is taken to be right to those of its step. */
  count(open: Round, result: Result): void;
  leave(link: WorkerLink, reason: string): void;
  lastFiniteLoss(): number | undefined;
}

/** Has nodes computed again, compares what comes, and draws the consequences. */
export interface Auditor<Round extends AuditedRound> {
  /** The node counts when another worker has computed the same, or when there is no other. */
  vote(open: Round, link: WorkerLink, result: Result): void;
  /** Those that were waited for may be gone. */
  recount(open: Round): void;
}

/** What two workers agree on that find a gradient not finite. */
const notFinite = 'not finite';

export function createAuditor<Round extends AuditedRound>(options: AuditorOptions<Round>): Auditor<Round> {
  const { crew, reporter, ends, dispatch } = options;
  const { vouching, quarantine } = options.audit;

  const count = (open: Round, ballot: Ballot<Result>): void => {
    open.ballots.close(ballot);
    options.count(open, ballot.kept);
  };

  /** Its work is not taken any more, and what was taken since an audit last spoke for it is computed again. */
  const accuse = (open: Round, worker: string, node: Node): void => {
    if (quarantine.has(worker)) return;
    quarantine.add(worker);
    const since = vouching.since(worker) ?? null;
    const found = { worker, step: open.step, microBatch: node.first, since };
    const consequence =
      since === null
        ? 'nothing of its work counts'
        : `the job goes back to a checkpoint of step ${since} or before`;
    reporter.event(
      'alarm',
      `Worker ${worker} computed a wrong gradient of ${describeNode(node)} of step ${open.step}, as two others found: it is in quarantine, and ${consequence}`,
      { code: 'WORKER_QUARANTINED', ...found },
    );
    const record = { ...found, time: new Date().toISOString() };
    if (since !== null) {
      ends.goBack(record);
      return;
    }
    reporter.quarantined(record);
    for (const link of crew.linksOf(worker)) {
      crew.release(link, 'ended');
      options.leave(link, 'its gradients are wrong');
    }
  };

  const alone = (open: Round, ballot: Ballot<Result>): boolean => {
    const { worker } = ballot.kept;
    if (crew.hasVoter(open, ballot.node) || quarantine.has(worker)) return false;
    vouching.contributed(worker, open.step);
    count(open, ballot);
    return true;
  };

  const decide = (open: Round, ballot: Ballot<Result>): void => {
    const verdict = verdictOf(ballot.votes);
    const { kept, node } = ballot;
    const workers = ballot.votes.map(({ worker }) => worker);
    switch (verdict.type) {
      case 'open':
        if (!alone(open, ballot)) dispatch();
        return;
      case 'disputed':
        reporter.event(
          'alarm',
          `Workers ${workers.join(' and ')} computed different gradients of ${describeNode(node)} of step ${open.step}: a third one decides`,
          { step: open.step, microBatch: node.first, workers },
        );
        dispatch();
        return;
      case 'agreed':
        for (const worker of verdict.right) vouching.passed(worker, open.step);
        for (const worker of verdict.wrong) accuse(open, worker, node);
        if (ends.over) return;
        if (verdict.digest === notFinite) ends.diverged(kept.loss, options.lastFiniteLoss());
        else count(open, ballot);
        return;
      case 'split': {
        const problem = `${workers.join(', ')} computed as many different gradients of ${describeNode(node)}: nobody can say which is right`;
        ends.fail(new DescentError('JOB_FAILED', { step: open.step, problem, workers }));
        return;
      }
      default:
        verdict satisfies never;
    }
  };

  return {
    vote(open, { worker, numericsClass }, result) {
      const { node } = result.held;
      open.round.recheck(worker, node);
      crew.recall(open, 'settled');
      decide(open, open.ballots.cast(node, { worker, numericsClass, digest: digestOf(result) }, result));
    },
    recount(open) {
      for (const ballot of [...open.ballots.open]) if (ballot.votes.length === 1) alone(open, ballot);
    },
  };
}

/** Of all that counts of a result; how long it took does not. */
function digestOf({ slot }: Result): string {
  if (slot === undefined) return notFinite;
  return createHash('sha256').update(slot.gradient.bytes).update(slot.sums).digest('hex');
}
