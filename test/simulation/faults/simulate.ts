import type { Outcome } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { createRandom, type Random } from '../../../packages/testkit/src/random.ts';
import { encodeWeights } from '../../../services/parameter-server/src/checkpoint.ts';
import type { TimesObserver } from '../../../services/parameter-server/src/step-times.ts';
import { createCluster } from './cluster.ts';
import { type FaultKind, faultKinds, faults } from './faults.ts';
import { computeReference, hashOf, model, planOf, type Reference, type Size } from './model.ts';
import { createNetwork } from './network.ts';
import { createQueue } from './queue.ts';
import { startServerProcess } from './server-process.ts';
import { createTruth, type TruthBugs } from './truth.ts';
import { createVirtualTime, type Process } from './virtual-time.ts';
import { startWorkerProcess } from './worker-process.ts';

export interface Scenario {
  readonly size: Size;
  /** Milliseconds that each worker takes for a micro-batch. */
  readonly workers: readonly number[];
  readonly servers: number;
  /** Share of the micro-batches that two workers compute. */
  readonly audit: number | undefined;
  /** When the first worker begins to compute wrong gradients, if it does. */
  readonly liesFromMs: number | undefined;
  readonly faults: readonly { readonly atMs: number; readonly kind: FaultKind }[];
  /** When the users cancel the job, if they do. */
  readonly cancelAtMs: number | undefined;
}

export interface Verdict {
  readonly seed: number;
  readonly scenario: Scenario;
  /** What was not as promised; empty when all was. */
  readonly problems: readonly string[];
  readonly virtualMs: number;
  readonly events: number;
  readonly incarnations: number;
  /** Wrong gradients that a worker sent, and whether it was found out. */
  readonly lies: { readonly sent: number; readonly foundOut: boolean };
  /** Hash over all that happened, in order: equal for every run of a seed. */
  readonly trace: string;
}

export interface SimulateOptions {
  readonly bugs?: TruthBugs;
  /** Draw from these faults alone. */
  readonly kinds?: readonly FaultKind[];
  /** Every job is audited, and its first worker lies. */
  readonly withLiar?: boolean;
  /** Told every line of the trace. */
  readonly tell?: (line: string) => void;
}

/** Faults end by then; a cluster that is well again must get on. */
const healthyWithinMs = 60_000;
/** After a cancel nobody computes for longer. */
const cancelWithinMs = 1_000;
const mostPending = 2_000;

/** Everything about a run follows from its seed. */
export function drawScenario(random: Random, kinds: readonly FaultKind[], withLiar = false): Scenario {
  const size = {
    steps: random.integer(5, 14),
    microBatches: random.integer(1, 5),
    checkpointEverySteps: random.integer(1, 4),
  };
  const count = random.integer(0, 6);
  const isAudited = withLiar || random.chance(0.15);
  const isLying = withLiar || (isAudited && random.chance(0.5));
  // One that lies is found out by two that do not.
  const fewest = isLying ? 3 : 1;
  return {
    size,
    audit: isAudited ? random.pick([0.3, 1, 1]) : undefined,
    liesFromMs: isLying ? random.pick([0, random.between(0, 1_000)]) : undefined,
    workers: Array.from({ length: random.integer(fewest, 4) }, () => random.pick([5, 20, 60, 200])),
    servers: random.integer(1, 2),
    faults: Array.from({ length: count }, () => ({
      atMs: random.between(0, 1_500),
      kind: random.pick(kinds),
    })).sort((a, b) => a.atMs - b.atMs),
    cancelAtMs: random.chance(0.08) ? random.between(0, 1_500) : undefined,
  };
}

const references = new Map<string, Reference>();

export async function simulate(
  seed: number,
  { bugs = {}, kinds = faultKinds, withLiar, tell }: SimulateOptions = {},
): Promise<Verdict> {
  const random = createRandom(seed);
  const scenario = drawScenario(random, kinds, withLiar);
  const { size } = scenario;
  const key = JSON.stringify([size.steps, size.microBatches]);
  const reference = references.get(key) ?? computeReference(size);
  references.set(key, reference);

  const problems: string[] = [];
  const lines: string[] = [];
  const time = createVirtualTime();
  const note = (line: string) => {
    lines.push(`${time.now.toFixed(3)} ${line}`);
    tell?.(lines.at(-1)!);
  };
  const problem = (text: string) => {
    note(`PROBLEM ${text}`);
    problems.push(text);
  };
  const network = createNetwork(time, random);
  const training = createQueue<undefined>(time, random);
  const api = { isUp: true, losesAnswers: 0, isFull: false };
  const claimed = { newest: 0, version: undefined as number | undefined };
  const truth = createTruth(
    planOf(size, scenario.audit),
    () => time.now,
    (what, incarnation) => {
      note(`accepted ${what} of incarnation ${incarnation}`);
      if (incarnation !== claimed.newest)
        problem(`${what} of incarnation ${incarnation} accepted at ${claimed.newest}`);
    },
    (step) => {
      // Each step of an incarnation once, and one after the other.
      const { version = step - 1 } = claimed;
      if (step !== version + 1)
        problem(`step ${step} applied at version ${version} of incarnation ${claimed.newest}`);
      claimed.version = step;
    },
    bugs,
  );
  const claim = truth.claim;
  truth.claim = (server) => {
    const answer = claim(server);
    claimed.newest = answer.incarnation;
    claimed.version = undefined;
    note(`${server} claimed incarnation ${answer.incarnation}`);
    return answer;
  };
  const { putCheckpoint, putWeights } = truth;
  const requireRoom = () => {
    if (api.isFull) throw new DescentError('STORAGE_FULL', {});
  };
  truth.putCheckpoint = (...file) => {
    requireRoom();
    return putCheckpoint(...file);
  };
  truth.putWeights = (...file) => {
    requireRoom();
    return putWeights(...file);
  };
  const cluster = createCluster({
    time,
    random,
    network,
    truth,
    training,
    gradients: createQueue(time, random),
    api,
  });

  // --- what must never happen -------------------------------------------------------------------------------------

  const observe = (incarnation: number): TimesObserver => {
    const settled = new Set<string>();
    return {
      unit({ kind, version, first, count }) {
        note(`incarnation ${incarnation} took ${kind} ${version} [${first}, ${first + count})`);
        for (let index = first; index < first + count; index++) {
          const unit = `${kind} ${version} ${index}`;
          if (settled.has(unit)) problem(`${unit} counted twice in incarnation ${incarnation}`);
          settled.add(unit);
        }
      },
      step({ step }) {
        note(`incarnation ${incarnation} applied ${step}`);
        for (let index = 0; index < size.microBatches; index++) {
          if (!settled.has(`train ${step} ${index}`))
            problem(`step ${step} applied without micro-batch ${index}`);
        }
      },
    };
  };

  // --- processes --------------------------------------------------------------------------------------------------

  let computedAtMs = 0;
  const live: { workers: Process[]; servers: Process[] } = { workers: [], servers: [] };
  let started = 0;
  const liar = { name: '', lied: 0 };
  const startWorker = (unitMs: number, liesFromMs?: number) => {
    const worker = startWorkerProcess(
      cluster,
      `worker-${++started}`,
      { unitMs, liesFromMs },
      {
        computes() {
          computedAtMs = time.now;
        },
        lies() {
          liar.lied++;
          note(`${liar.name} lies`);
        },
      },
    );
    if (liesFromMs !== undefined) liar.name = worker.name;
    natures.set(worker, unitMs);
    live.workers.push(worker);
    cluster.gradients.deliver();
  };
  const startServer = () => {
    live.servers.push(startServerProcess(cluster, `server-${++started}`, observe));
    training.deliver();
  };
  const natures = new Map<Process, number>();
  const killed = new Set<string>();
  const kill = (process: Process) => {
    killed.add(process.name);
    note(`${process.name} killed`);
    time.kill(process);
    network.closeAllOf(process);
    network.heal(process);
    cluster.gradients.consumerDied(process);
    training.consumerDied(process);
    const restartMs = random.between(200, 2_000);
    const unitMs = natures.get(process);
    if (unitMs === undefined) {
      live.servers = live.servers.filter((one) => one !== process);
      time.after(restartMs, undefined, startServer);
    } else {
      live.workers = live.workers.filter((one) => one !== process);
      time.after(restartMs, undefined, () => startWorker(unitMs));
    }
  };
  for (let index = 0; index < scenario.servers; index++) startServer();
  scenario.workers.forEach((unitMs, index) => {
    startWorker(unitMs, index === 0 ? scenario.liesFromMs : undefined);
  });
  const dispatcher = () => {
    time.after(250, undefined, dispatcher);
    if (api.isUp) {
      truth.dispatch({
        get isUp() {
          return training.isUp;
        },
        states: () => training.states(),
        add: (id) => training.add(id, undefined),
        remove: (id) => training.remove(id),
      });
    }
    training.deliver();
    cluster.gradients.deliver();
  };
  dispatcher();
  for (const { atMs, kind } of scenario.faults) {
    time.after(atMs, undefined, () => {
      note(`fault: ${kind}`);
      faults[kind]({
        cluster,
        workers: () => live.workers,
        servers: () => live.servers,
        kill,
        later: (ms, task) => void time.after(ms, undefined, task),
      });
    });
  }
  if (scenario.cancelAtMs !== undefined)
    time.after(scenario.cancelAtMs, undefined, () => truth.act('cancel'));

  // --- the run and what must hold at its end ----------------------------------------------------------------------

  const isOver = () => truth.state === 'succeeded' || truth.state === 'failed' || truth.state === 'cancelled';
  const lastFaultMs = scenario.faults.at(-1)?.atMs ?? 0;
  let mostWaiting = 0;
  const ended = await time.run(lastFaultMs + healthyWithinMs, () => {
    mostWaiting = Math.max(mostWaiting, time.pending);
    return isOver() || problems.length > 5;
  });
  for (const { worker } of truth.quarantined) {
    if (worker !== liar.name) problem(`${worker} is in quarantine, and has done nothing wrong`);
  }
  const isFoundOut = truth.quarantined.some(({ worker }) => worker === liar.name);
  // An audit is a sample: one that ended before any looked at its work is not found out.
  const mayBeSpoiled = liar.lied > 0 && !isFoundOut && !(withLiar && scenario.audit === 1);
  if (mostWaiting > mostPending) problem(`${mostWaiting} events waited at once`);
  if (!ended)
    problem(`no end: ${truth.state} at step ${truth.curve.size} of ${size.steps}, all faults are over`);
  else if (truth.state === 'succeeded' && !mayBeSpoiled) {
    const expected = hashOf(encodeWeights(model.layout, reference.parameters));
    const { outcome, weights } = truth;
    if (weights === undefined || hashOf(weights) !== expected)
      problem('the weights are not those of the reference');
    if (outcome?.state === 'succeeded' && outcome.ledgerHash !== reference.ledgerHash) {
      problem('the ledger hash is not that of the reference');
    }
    reference.losses.forEach((loss, step) => {
      const stored = truth.curve.get(step + 1);
      if (stored !== loss) problem(`the curve has ${stored} at step ${step + 1} instead of ${loss}`);
    });
  } else if (truth.state === 'cancelled') {
    const endedAtMs = time.now;
    if (scenario.cancelAtMs === undefined) problem('the job was cancelled by nobody');
    await time.run(endedAtMs + 10_000, () => false);
    const longest = endedAtMs + cancelWithinMs + Math.max(...scenario.workers) * 1.5 * size.microBatches;
    if (scenario.faults.length === 0 && computedAtMs > longest) {
      problem(`a worker began to compute ${computedAtMs - endedAtMs} ms after the cancel`);
    }
  } else if (truth.state !== 'succeeded' && !isCrashOf(truth.outcome, killed))
    problem(`the job ended as ${truth.state}: ${JSON.stringify(truth.outcome)}`);
  return {
    seed,
    scenario,
    problems,
    virtualMs: time.now,
    events: time.handled,
    incarnations: claimed.newest,
    lies: { sent: liar.lied, foundOut: isFoundOut },
    trace: hashOf(Buffer.from(lines.join('\n'))),
  };
}

/** Three workers that were killed over one micro-batch end the job, and rightly so: the simulation kills at random. */
function isCrashOf(outcome: Outcome | undefined, killed: ReadonlySet<string>): boolean {
  if (outcome?.state !== 'failed') return false;
  const { workers } = outcome.error.details;
  return Array.isArray(workers) && workers.length >= 3 && workers.every((worker) => killed.has(worker));
}
