import { afterEach, expect, test, vi } from 'vitest';
import type { FaultKind } from './faults.ts';
import type { TruthBugs } from './truth.ts';

/** Seeds within which every planted bug must show. */
const enough = 400;

const server = '../../../services/parameter-server/src';
type Module = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: any function of the services may be planted with a bug
type Anything = (...args: any[]) => any;

const planted: string[] = [];

/** A copy of a module in which one export is made from the real one. */
function plantIn(path: string, name: string, bug: (real: Anything) => Anything): () => void {
  return () => {
    planted.push(path);
    vi.doMock(path, async (original) => {
      const real = (await original()) as Module;
      return { ...real, [name]: bug(real[name] as Anything) };
    });
  };
}

const withMethod =
  (create: Anything, method: string, bug: (real: Anything) => Anything): Anything =>
  (...args) => {
    const made = create(...args) as Module;
    const real = (made[method] as Anything).bind(made);
    // Getters of the real one must stay getters.
    return Object.create(made, { [method]: { value: bug(real) } });
  };

interface Bug {
  readonly plant?: () => void;
  readonly truth?: TruthBugs;
  /** Faults that bring it to light; any, when left out. */
  readonly kinds?: readonly FaultKind[];
  /** The first worker of every job computes wrong gradients. */
  readonly withLiar?: boolean;
  readonly shows?: RegExp;
}

const bugs: Record<string, Bug> = {
  'reports and files of an old incarnation are accepted': {
    truth: { acceptsOldIncarnations: true },
    kinds: ['server stopped', 'server cut off', 'worker stopped'],
  },
  'a damaged checkpoint is handed out': {
    truth: { servesDamagedCheckpoints: true },
    kinds: ['newest checkpoint damaged'],
  },
  'a gradient is taken whatever the ledger holds': {
    plant: plantIn(`${server}/objection.ts`, 'objectionTo', () => () => undefined),
  },
  'a gradient of the step before is taken': {
    plant: plantIn(`${server}/objection.ts`, 'objectionTo', (real) => (...args) => {
      const objection = real(...args);
      return objection?.code === 'GRADIENT_LATE' ? undefined : objection;
    }),
    kinds: ['gradients doubled', 'frames delayed'],
  },
  'gradients are added in order of arrival': {
    plant: plantIn(`${server}/tree-sum.ts`, 'createTreeSum', () => (count: number, combine: Anything) => {
      let missing = count;
      let total: unknown;
      return {
        add(_first: number, size: number, operand: unknown) {
          missing -= size;
          if (missing === 0) return total === undefined ? [operand] : [total, operand];
          if (total === undefined) total = operand;
          else combine(total, operand);
          return undefined;
        },
      };
    }),
  },
  'what a lost worker held is not given to others': {
    plant: plantIn(`${server}/round.ts`, 'createRound', (create) =>
      withMethod(
        withMethod(create, 'giveBack', () => () => {}),
        'lost',
        () => () => [],
      ),
    ),
    shows: /no end/,
  },
  'workers that only lost their connections count as crashed': {
    plant: plantIn(`${server}/losses.ts`, 'createLosses', (real) =>
      withMethod(real, 'alive', () => () => {}),
    ),
    kinds: ['connections broken', 'bytes corrupted'],
    shows: /the job ended as failed/,
  },
  'gradient jobs that the queue lost are not added again': {
    plant: plantIn(`${server}/gradient-jobs.ts`, 'createGradientJobs', (create) => {
      return (options: Module) =>
        create({
          ...options,
          queue: {
            ...(options.queue as Module),
            states: async (jobs: { serial: number }[]) =>
              new Map(jobs.map(({ serial }) => [serial, 'waiting'])),
          },
        });
    }),
    kinds: ['queue emptied', 'queue away'],
    shows: /no end/,
  },
  'a report that could not be delivered is forgotten': {
    plant: plantIn(`${server}/reporter.ts`, 'createReporter', (create) => (options: Module) => {
      const truth = options.truth as { report: Anything };
      return create({
        ...options,
        truth: {
          ...truth,
          report: (...args: unknown[]) =>
            truth.report(...args).catch((error: { code: string }) => {
              if (error.code !== 'UNAVAILABLE') throw error;
              return { wanted: 'run' };
            }),
        },
      });
    }),
    kinds: ['api killed', 'answers of the api lost'],
    shows: /curve|no end/,
  },
  'a server that fell silent keeps its job': {
    plant: plantIn(
      '../../../services/api/src/dispatcher/decide.ts',
      'decide',
      (real) => (view) => real(view).filter(({ type }: { type: string }) => type !== 'lose'),
    ),
    shows: /no end/,
  },
  'two servers may claim a job at the same time': {
    plant: plantIn(
      '../../../services/api/src/jobs/job-state.ts',
      'transition',
      (real) => (now, stimulus) =>
        stimulus.type === 'lose' ? { state: 'running', wanted: 'run' } : real(now, stimulus),
    ),
  },
  'the ledger hash is not kept in the checkpoint': {
    plant: plantIn(`${server}/checkpoint.ts`, 'decodeCheckpoint', (real) => (...args) => ({
      ...real(...args),
      ledgerHash: '0'.repeat(64),
    })),
    shows: /ledger/,
  },
  'optimizer slots are lost at a restart': {
    plant: plantIn(`${server}/checkpoint.ts`, 'decodeCheckpoint', (real) => (...args) => ({
      ...real(...args),
      slots: undefined,
    })),
    shows: /weights/,
  },
  'of two that differ the first is right': {
    plant: plantIn(`${server}/ballot.ts`, 'verdictOf', (real) => (votes) => {
      const verdict = real(votes);
      if (verdict.type !== 'disputed') return verdict;
      const [{ worker, digest }, other] = votes;
      return { type: 'agreed', digest, right: [worker], wrong: [other.worker] };
    }),
    kinds: ['disk full'],
    withLiar: true,
  },
  'a worker has two votes': {
    plant: plantIn(`${server}/ballots.ts`, 'createBallots', (create) =>
      withMethod(create, 'mayVote', () => () => true),
    ),
    kinds: ['disk full'],
    withLiar: true,
  },
  'a worker in quarantine is let in again': {
    plant: plantIn(`${server}/quarantine.ts`, 'createQuarantine', (create) =>
      withMethod(create, 'admit', () => () => {}),
    ),
    kinds: ['disk full'],
    withLiar: true,
  },
  'what an audit does not speak for is not written down': {
    plant: plantIn(`${server}/vouching.ts`, 'createVouching', (create) =>
      withMethod(create, 'below', () => () => new Map()),
    ),
    kinds: ['server killed'],
    withLiar: true,
  },
  'an audit speaks for what comes after, too': {
    plant: plantIn(`${server}/vouching.ts`, 'createVouching', (create) =>
      withMethod(create, 'since', () => () => undefined),
    ),
    kinds: ['disk full'],
    withLiar: true,
  },
  'checkpoints that a wrong worker spoiled are kept': {
    truth: { keepsSpoiledCheckpoints: true },
    kinds: ['disk full'],
    withLiar: true,
  },
  'workers that fell silent are kept': {
    plant: plantIn(`${server}/door.ts`, 'createDoor', (create) =>
      withMethod(create, 'sweep', () => () => {}),
    ),
  },
};

afterEach(() => {
  for (const path of planted.splice(0)) vi.doUnmock(path);
  vi.resetModules();
});

test.each(Object.entries(bugs))(
  'found: %s',
  { timeout: 120_000 },
  async (_name, { plant, truth, kinds, withLiar, shows }) => {
    vi.resetModules();
    plant?.();
    const { simulate } = await import('./simulate.ts');
    for (let seed = 0; seed < enough; seed++) {
      const { problems } = await simulate(seed, {
        bugs: truth ?? {},
        ...(kinds && { kinds }),
        ...(withLiar && { withLiar }),
      }).catch((error: Error) => ({
        problems: [`it threw ${error.message}`],
      }));
      if (problems.length === 0) continue;
      if (shows !== undefined) expect(problems.join('\n')).toMatch(shows);
      return;
    }
    expect.fail(`not found within ${enough} seeds`);
  },
);
