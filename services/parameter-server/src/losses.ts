import { DescentError } from '@descent/errors';
import type { Ends } from './ends.ts';
import { describeNode } from './node.ts';
import type { CurrentRound, Rounds } from './rounds.ts';
import type { Held, WorkerLink } from './worker-link.ts';

/** Workers whose process ended over one micro-batch before the job fails: the next one would end too. */
const mostLost = 3;
/** A worker that lives has been heard of by then: it sends heartbeats twice per second, on a connection of their own. */
const heardWithinMs = 2_000;

export interface LossesOptions {
  readonly rounds: Rounds;
  readonly ends: Ends;
  /** Updates made so far, for the error. */
  version(): number;
  /** Monotonic milliseconds. */
  clock(): number;
}

/**
 * Tells micro-batches (and models, while they are compiled) that end the process of every worker that computes them (a native crash, too little memory) from workers
 * that only lost their connection. The third loss over one is a suspicion: until the last worker is heard of, or has had the time
 * to be, nobody else is given the micro-batch.
 *
 *   lost by fewer than three ──third loss──▶ suspect ──heard of one of them──▶ given to another worker
 *                                               └──heard of none──▶ the job fails with their names
 */
export interface Losses {
  /** The connection of a worker broke, and it may have ended. What is suspect leaves `link.held`. */
  lost(link: WorkerLink): void;
  /** A sign of life of a worker, on whatever connection. */
  alive(worker: string): void;
  /** A worker has compiled the model: whoever ends while doing the same does so for a reason of its own. */
  prepared(): void;
  /** Called some ten times per second. */
  tick(): void;
}

interface Suspect {
  readonly open: CurrentRound;
  readonly worker: string;
  readonly held: Held;
  /** Monotonic milliseconds. */
  readonly since: number;
}

export function createLosses({ rounds, ends, version, clock }: LossesOptions): Losses {
  let suspects: readonly Suspect[] = [];
  let wasPrepared = false;
  /** Workers that were lost while they compiled the model, and when. Monotonic milliseconds. */
  const lostPreparing = new Map<string, number>();

  const lostOver = ({ open, held }: Suspect) => open.round.lostOver(held.node);

  /** Gives to others what is not suspect any more. */
  const acquit = () => {
    const acquitted = suspects.filter((suspect) => lostOver(suspect).length < mostLost);
    if (acquitted.length === 0) return;
    suspects = suspects.filter((suspect) => !acquitted.includes(suspect));
    for (const { open, worker, held } of acquitted) open.round.giveBack(worker, held.node);
    rounds.dispatch();
  };

  const fail = (workers: readonly string[], what: string) => {
    const problem = `${workers.length} workers were lost while they ${what}: ${workers.join(', ')}`;
    ends.fail(new DescentError('JOB_FAILED', { step: version(), problem, workers }));
  };

  return {
    lost(link) {
      if (!link.ready && !wasPrepared) lostPreparing.set(link.worker, clock());
      // Only the first is being computed.
      const [held] = link.held;
      const open = held && rounds.find(held);
      if (held === undefined || open === undefined) return;
      open.round.lost(link.worker, held.node);
      const suspect = { open, worker: link.worker, held, since: clock() };
      if (lostOver(suspect).length < mostLost) return;
      suspects = [...suspects, suspect];
      link.held = link.held.slice(1);
    },
    alive(worker) {
      lostPreparing.delete(worker);
      for (const { round } of rounds.open) round.alive(worker);
      acquit();
    },
    prepared() {
      wasPrepared = true;
      lostPreparing.clear();
    },
    tick() {
      const isLate = (since: number) => clock() - since >= heardWithinMs;
      const guilty = suspects.find(({ since }) => isLate(since));
      if (guilty !== undefined) {
        suspects = [];
        fail(lostOver(guilty), `computed ${describeNode(guilty.held.node)}`);
      } else if ([...lostPreparing.values()].filter(isLate).length >= mostLost)
        fail([...lostPreparing.keys()], 'prepared the job');
    },
  };
}
