import type { GradientQueuePayload, TrainingPlan } from '@descent/contracts';
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
import type { PreparedJob } from './prepared-job.ts';
import { createRecentlyUsed } from './recently-used.ts';

/** Connections and compiled jobs kept between gradient jobs: a worker shared by a few teams compiles once for each. */
const keptJobs = 4;

export interface GradientAgentOptions {
  readonly worker: string;
  readonly numericsClass: string;
  /** How to reach a parameter server; default `connectChannel`. */
  readonly connect?: typeof connectChannel;
  /** Compiles the graph and loads the data; `parameters` is where versions will be received. */
  prepare(plan: TrainingPlan, parameters: Float32Array<ArrayBuffer>): Promise<PreparedJob>;
}

/**
 * A worker's side of the gradient channel (docs/protocol.md, "One gradient job"). One gradient job at a time:
 *
 *   idle ──serve──▶ joining ──WELCOME──▶ serving ──RELEASE · refused · connection lost · leave──▶ idle
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
  readonly parameters: Float32Array<ArrayBuffer>;
  readonly prepared: Promise<PreparedJob>;
}

/** A connection to a parameter server for one incarnation of one training job. */
interface Link {
  readonly connection: ChannelConnection;
  /** Ends the gradient job that is being served, if any. */
  end: ((problem?: string) => void) | undefined;
}

export function createGradientAgent(options: GradientAgentOptions): GradientAgent {
  const { worker, numericsClass, connect = connectChannel } = options;
  const jobs = createRecentlyUsed<string, KnownJob>(keptJobs, ({ prepared }) => {
    prepared.then((job) => job.dispose()).catch(() => {});
  });
  const links = createRecentlyUsed<string, Link>(keptJobs, ({ connection }) => connection.close());
  let current: Link | undefined;
  let leaving: string | undefined;

  const learn = (jobId: string, payload: Uint8Array) => {
    const { plan, elements } = decodeJson('WELCOME', payload);
    if (plan === null) return;
    const parameters = new Float32Array(elements);
    const prepared = options.prepare(plan, parameters);
    // A failure is reported with the first assignment, which waits for the same promise.
    prepared.catch(() => {});
    jobs.set(jobId, { parameters, prepared });
  };

  const compute = async (link: Link, jobId: string, header: FrameHeader, payload: Uint8Array) => {
    const { connection } = link;
    const { job, incarnation, step, microBatch, version, assignment } = header;
    const fields = { job, incarnation, step, microBatch, version, assignment };
    try {
      const known = jobs.get(jobId);
      if (known === undefined)
        throw new DescentError('FRAME_MALFORMED', { problem: 'ASSIGN before WELCOME' });
      const prepared = await known.prepared;
      const { sums, gradients } = await prepared.compute(decodeAssignment(payload), step, microBatch);
      if (leaving !== undefined || !connection.isOpen) return;
      if (gradients === undefined) connection.send({ ...fields, type: 'SCORES' }, [sums]);
      else connection.send({ ...fields, type: 'GRADIENT' }, [sums, gradients]);
    } catch (error) {
      // Whatever could not be prepared is prepared anew when the server asks again.
      jobs.delete(jobId);
      const problem =
        error instanceof DescentError ? error : new DescentError('INTERNAL', {}, { cause: error });
      if (connection.isOpen) connection.sendJson({ ...fields, type: 'FAILED' }, problem.toBody());
      connection.close();
      link.end?.(error instanceof Error ? error.message : String(error));
    }
  };

  const handlers = (key: string, jobId: string, link: () => Link): ChannelHandlers => ({
    target(header) {
      const parameters = jobs.get(jobId)?.parameters;
      if (header.type === 'PARAMETERS' && parameters !== undefined) return new Uint8Array(parameters.buffer);
      return new DescentError('FRAME_MALFORMED', { problem: `${header.type} was not expected here` });
    },
    frame(header, payload) {
      if (header.type === 'WELCOME') learn(jobId, payload);
      else if (header.type === 'ASSIGN') void compute(link(), jobId, header, payload);
      else if (header.type === 'RELEASE') link().end?.();
      // Assignment 0 answers the JOIN; a refused result is no reason to go.
      else if (header.type === 'REFUSED' && header.assignment === 0) {
        link().end?.(decodeJson('REFUSED', payload).message);
      }
    },
    refused: (_, error) => link().connection.destroy(error),
    closed(error) {
      // A failed link may still be closing when the next gradient job has another one in its place.
      if (links.get(key) === link()) links.delete(key);
      link().end?.(error?.message ?? 'the parameter server closed the connection');
    },
  });

  const linkTo = async ({ address, jobId, incarnation }: GradientQueuePayload): Promise<Link> => {
    const key = `${jobId} ${incarnation} ${address}`;
    const known = links.get(key);
    if (known?.connection.isOpen) return known;
    let link: Link | undefined;
    const connection = await connect(address, (self) => {
      link = { connection: self, end: undefined };
      return handlers(key, jobId, () => link!);
    });
    link ??= { connection, end: undefined };
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
          { worker, numericsClass, lease, wantsPlan: jobs.get(jobId) === undefined },
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
