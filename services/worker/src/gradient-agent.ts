import type { GradientQueuePayload } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import {
  type ChannelConnection,
  type ChannelHandlers,
  connectChannel,
  decodeAssignment,
  decodeJson,
  type FrameHeader,
  jobKey,
} from '@descent/gradient-channel';
import { LRUCache } from 'lru-cache';
import type { Device } from './devices/device.ts';
import type { PreparedJob, Work } from './prepared-job.ts';

/** Connections and compiled jobs kept between gradient jobs: a worker shared by a few teams compiles once for each. */
const keptJobs = 4;
/** Assignments taken at once: the one that is computed, and the next. */
const holds = 2;
/** Why a training job will not have this worker, now or later. */
const final: ReadonlySet<string> = new Set(['WORKER_QUARANTINED', 'NUMERICS_CLASS_MISMATCH']);
/** Until then it takes no other gradient job, so that others get those of the training job that will not have it. */
const finalPauseMs = 1_000;

export interface GradientAgentOptions {
  readonly worker: string;
  /** How to reach a parameter server; default `connectChannel`. */
  readonly connect?: typeof connectChannel;
  /** What computes. */
  readonly device: Device;
  /** Monotonic milliseconds. */
  clock?(): number;
}

/**
 * A worker's side of the gradient channel (docs/protocol.md, "One gradient job"). One gradient job at a time:
 *
 *   idle ──serve──▶ joining ──WELCOME──▶ preparing ──READY──▶ serving ──RELEASE · refused · connection lost · leave──▶ idle
 */
export interface GradientAgent {
  /** Resolves when the gradient job is over; with the problem when it ended before the server released it. */
  serve(job: GradientQueuePayload): Promise<string | undefined>;
  /** Gives up the gradient job that is being served: its server has lost this worker. The next one connects anew. */
  abandon(reason: string): void;
  /** Hands back what is held, now and in every later gradient job. A result that is being computed is not sent. */
  leave(reason: string): void;
}

/** A training job that this worker has the plan of. */
interface KnownJob {
  readonly received: Float32Array<ArrayBuffer>;
  /** PARAMETERS frames so far. */
  pulls: number;
  readonly prepared: Promise<PreparedJob>;
  /** The link whose version is in `received`. */
  from: Link | undefined;
}

interface Task {
  readonly header: FrameHeader;
  readonly payload: Uint8Array;
  readonly receivedAt: number;
  /** Nobody waits for its result any more. */
  isUnwanted: boolean;
}

/** A connection to a parameter server for one incarnation of one training job. */
interface Link {
  readonly jobId: string;
  readonly connection: ChannelConnection;
  /** Ends the gradient job that is being served, if any. */
  end: ((problem?: string) => void) | undefined;
  /** What is assigned, in order; the first is being computed when `isComputing`. */
  tasks: Task[];
  isComputing: boolean;
  /** A PARAMETERS frame is coming in, since then. */
  pullingSince: number | undefined;
  /** How long the last version took to come in, until an assignment has counted it. */
  pullMs: number;
}

export function createGradientAgent(options: GradientAgentOptions): GradientAgent {
  const { worker, device, connect = connectChannel, clock = () => performance.now() } = options;
  const jobs = new LRUCache<string, KnownJob>({
    max: keptJobs,
    disposeAfter: ({ prepared }) => void prepared.then((job) => job.dispose()).catch(() => {}),
  });
  const links = new LRUCache<string, Link>({
    max: keptJobs,
    disposeAfter: ({ connection }) => connection.close(),
  });
  let current: Link | undefined;
  let leaving: string | undefined;

  /** Whatever could not be prepared is prepared anew when the server asks again. */
  const giveUp = (link: Link, fields: Partial<FrameHeader>, error: unknown) => {
    jobs.delete(link.jobId);
    const { connection } = link;
    const problem =
      error instanceof DescentError ? error : new DescentError('INTERNAL', {}, { cause: error });
    if (connection.isOpen) connection.sendJson({ ...fields, type: 'FAILED' }, problem.toBody());
    connection.close();
    link.end?.(error instanceof Error ? error.message : String(error));
  };

  const learn = (link: Link, { job, incarnation }: FrameHeader, payload: Uint8Array) => {
    const { plan, elements } = decodeJson('WELCOME', payload);
    if (plan === null) return;
    const received = device.receive(elements);
    const prepared = device.prepare(plan, received);
    jobs.set(link.jobId, { received, pulls: 0, prepared, from: undefined });
    prepared.then(
      () => link.connection.isOpen && link.connection.send({ type: 'READY', job, incarnation }),
      (error) => giveUp(link, { job, incarnation }, error),
    );
  };

  const computeFirst = async (link: Link, task: Task) => {
    const { job, incarnation, step, microBatch, count, version, assignment } = task.header;
    const fields = { job, incarnation, step, microBatch, count, version, assignment };
    const { pullMs } = link;
    link.pullMs = 0;
    try {
      const known = knownFor(link);
      const prepared = await known.prepared;
      const work: Work = {
        ...decodeAssignment(task.payload, count),
        step,
        microBatch,
        pull: known.pulls,
        pullMs,
        waitMs: clock() - task.receivedAt,
      };
      const { payload, release } = await prepared.compute(work);
      link.tasks = link.tasks.filter((one) => one !== task);
      if (task.isUnwanted || leaving !== undefined || !link.connection.isOpen) {
        release();
        return;
      }
      const type = work.kind === 'train' ? 'GRADIENT' : 'SCORES';
      link.connection.send({ ...fields, type }, [payload], () => {
        release();
        // Only now: gathering blocks the thread that sends.
        if (link.tasks.length === 0 && current === link) prepared.lookAhead();
      });
    } catch (error) {
      link.tasks = [];
      giveUp(link, fields, error);
    }
  };

  const knownFor = ({ jobId }: Link): KnownJob => {
    const known = jobs.get(jobId);
    if (known === undefined) throw new DescentError('FRAME_MALFORMED', { problem: 'ASSIGN before WELCOME' });
    return known;
  };

  /** Computes what is assigned, one after the other, never while parameters come in. */
  const pump = async (link: Link) => {
    if (link.isComputing) return;
    link.isComputing = true;
    while (link.pullingSince === undefined && link.tasks.length > 0) await computeFirst(link, link.tasks[0]!);
    link.isComputing = false;
  };

  const forget = (link: Link, isForgotten: (task: Task) => boolean) => {
    for (const task of link.tasks.filter(isForgotten)) task.isUnwanted = true;
    link.tasks = link.tasks.filter((task, index) => !task.isUnwanted || (index === 0 && link.isComputing));
  };

  const turnAway = (link: Link, { code, message }: { readonly code: string; readonly message: string }) => {
    const { end } = link;
    const isSame = () => link.end === end && end?.(message);
    if (final.has(code)) setTimeout(isSame, finalPauseMs);
    else isSame();
  };

  const handlers = (key: string, link: () => Link): ChannelHandlers => ({
    target(header) {
      const known = jobs.get(link().jobId);
      // Every link of a job receives into one buffer. A server that was replaced and wakes up must not write over the version that
      // its successor sent: only the link that is being served may.
      if (header.type !== 'PARAMETERS' || known === undefined || current !== link()) {
        return new DescentError('FRAME_MALFORMED', { problem: `${header.type} was not expected here` });
      }
      // The other server goes by what it sent before, which is overwritten now: on a new connection it sends it again.
      if (known.from !== link())
        known.from?.connection.destroy(new Error('the job went on at another server'));
      known.from = link();
      link().pullingSince = clock();
      known.pulls++;
      return new Uint8Array(known.received.buffer);
    },
    frame(header, payload) {
      const self = link();
      switch (header.type) {
        case 'WELCOME':
          learn(self, header, payload);
          return;
        case 'PARAMETERS':
          self.pullMs += clock() - self.pullingSince!;
          self.pullingSince = undefined;
          void pump(self);
          return;
        case 'ASSIGN':
          self.tasks.push({ header, payload, receivedAt: clock(), isUnwanted: false });
          void pump(self);
          return;
        case 'RECALL':
          forget(self, (task) => task.header.assignment === header.assignment);
          return;
        case 'RELEASE':
          forget(self, () => true);
          self.end?.();
          return;
        case 'REFUSED':
          // Assignment 0 answers the JOIN; a refused result is no reason to go.
          if (header.assignment === 0) turnAway(self, decodeJson('REFUSED', payload));
          return;
        default:
          return;
      }
    },
    refused: (_, error) => link().connection.destroy(error),
    closed(error) {
      forget(link(), () => true);
      // A failed link may still be closing when the next gradient job has another one in its place.
      if (links.get(key) === link()) links.delete(key);
      link().end?.(error?.message ?? 'the parameter server closed the connection');
    },
  });

  const linkTo = async ({ address, jobId, incarnation }: GradientQueuePayload): Promise<Link> => {
    const key = `${jobId} ${incarnation} ${address}`;
    const known = links.get(key);
    if (known?.connection.isOpen) return known;
    const made = (connection: ChannelConnection): Link => ({
      jobId,
      connection,
      end: undefined,
      tasks: [],
      isComputing: false,
      pullingSince: undefined,
      pullMs: 0,
    });
    let link: Link | undefined;
    const connection = await connect(address, (self) => {
      link = made(self);
      return handlers(key, () => link!);
    });
    link ??= made(connection);
    links.set(key, link);
    return link;
  };

  return {
    async serve(job) {
      if (leaving !== undefined) return leaving;
      let link: Link;
      try {
        link = await linkTo(job);
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
      if (leaving !== undefined) {
        link.connection.close();
        return leaving;
      }
      current = link;
      const { jobId, incarnation, lease } = job;
      return new Promise((resolve) => {
        link.end = (problem) => {
          link.end = undefined;
          current = undefined;
          resolve(problem);
        };
        link.connection.sendJson(
          { type: 'JOIN', job: jobKey(jobId), incarnation },
          {
            worker,
            numericsClass: device.numericsClass,
            lease,
            wantsPlan: jobs.get(jobId) === undefined,
            holds,
          },
        );
      });
    },
    abandon(reason) {
      current?.connection.destroy(new Error(reason));
    },
    leave(reason) {
      leaving = reason;
      if (current === undefined) return;
      current.connection.sendJson({ type: 'LEAVE' }, { reason });
      current.connection.close();
      current.end?.(reason);
    },
  };
}
