import { DescentError } from '@descent/errors';
import {
  type ChannelConnection,
  type ChannelHandlers,
  decodeJson,
  type FrameHeader,
  jobKey,
  readTimings,
  verifyLease,
} from '@descent/gradient-channel';
import { sumCount } from '@descent/models';
import type { GradientSlot } from './gradient-slot.ts';
import type { RunningJob } from './running-job.ts';
import { prefixBytes, readSumsBlock, timingsOf } from './sums.ts';
import { createWire } from './wire.ts';
import { createWorkerLink, type WorkerLink } from './worker-link.ts';

/** A worker whose heartbeats stop for this long is treated as gone. */
const silenceMs = 2_000;
const silence = new Error(`no heartbeat for ${silenceMs} ms`);

export interface DoorOptions {
  readonly leaseKey: Uint8Array;
  readonly findJob: (key: bigint) => RunningJob | undefined;
  /** Monotonic milliseconds. */
  clock(): number;
}

/** Lets workers in to training jobs and passes their frames on. One per parameter server. */
export interface Door {
  connected(connection: ChannelConnection): ChannelHandlers;
  /** Closes the connections of workers that have gone silent. Called a few times per second. */
  sweep(): void;
}

export function createDoor({ leaseKey, findJob, clock }: DoorOptions): Door {
  const lastHeard = new Map<string, number>();
  /** By worker: its connections, each with the training job that it joined on it. */
  const connectionsOf = new Map<string, Map<ChannelConnection, RunningJob>>();

  const requireJob = (header: FrameHeader): RunningJob => {
    const job = findJob(header.job);
    if (job === undefined) throw new DescentError('JOB_NOT_FOUND', { jobId: `with key ${header.job}` });
    const { jobId, incarnation } = job;
    if (header.incarnation !== incarnation) {
      throw new DescentError('INCARNATION_STALE', { jobId, current: incarnation, given: header.incarnation });
    }
    return job;
  };

  const scores = (
    job: RunningJob,
    link: WorkerLink,
    header: FrameHeader,
    payload: Uint8Array<ArrayBuffer>,
  ) => {
    const metrics = sumCount(job.metrics);
    job.training.scores(
      link,
      header,
      readSumsBlock(payload, metrics),
      readTimings(timingsOf(payload, metrics)),
    );
  };

  const checkLease = (job: RunningJob, lease: string) => verifyLease(leaseKey, lease, job, Date.now());

  return {
    connected(connection) {
      let admitted: { readonly job: RunningJob; readonly link: WorkerLink } | undefined;
      let receiving: GradientSlot | undefined;
      let worker: string | undefined;

      const remember = (name: string, job: RunningJob) => {
        worker = name;
        const connections = connectionsOf.get(name) ?? new Map();
        connectionsOf.set(name, connections.set(connection, job));
      };

      /** Answered, so that a worker whose connection is open at its own end alone hears of it. */
      const heartbeat = (header: FrameHeader, payload: Uint8Array) => {
        const beat = decodeJson('HEARTBEAT', payload);
        const job = requireJob(header);
        checkLease(job, beat.lease);
        lastHeard.set(beat.worker, clock());
        job.training.alive(beat.worker);
        if (![...(connectionsOf.get(beat.worker)?.values() ?? [])].includes(job)) {
          throw new DescentError('LEASE_INVALID', { problem: 'the worker has not joined by it' });
        }
        connection.send({ type: 'ACCEPTED', job: header.job, incarnation: header.incarnation });
      };

      const join = (header: FrameHeader, payload: Uint8Array) => {
        const hello = decodeJson('JOIN', payload);
        const job = requireJob(header);
        const { serial } = checkLease(job, hello.lease);
        try {
          job.quarantine.admit(hello.worker);
          job.numerics.admit(hello.numericsClass);
        } catch (error) {
          // For one that may.
          job.gradientJobs.ended(serial);
          throw error;
        }
        if (!job.gradientJobs.join(serial, hello.worker)) {
          throw new DescentError('LEASE_INVALID', {
            problem: 'its gradient job is over or has another worker',
          });
        }
        if (admitted?.job !== job) {
          admitted?.link && admitted.job.training.left(admitted.link, 'turned to another training job');
          const wire = createWire(connection, job.jobId, job.incarnation);
          const { holds, wantsPlan, numericsClass } = hello;
          const nature = { holds, ready: !wantsPlan, numericsClass };
          admitted = { job, link: createWorkerLink(hello.worker, wire, nature) };
          remember(hello.worker, job);
        }
        connection.sendJson(
          { type: 'WELCOME', job: jobKey(job.jobId), incarnation: job.incarnation },
          {
            plan: hello.wantsPlan ? job.plan : null,
            elements: job.elements,
          },
        );
        job.training.joined(admitted.link, serial);
      };

      const handle = (header: FrameHeader, payload: Uint8Array): void => {
        if (header.type === 'JOIN') {
          join(header, payload);
          return;
        }
        if (header.type === 'HEARTBEAT') {
          heartbeat(header, payload);
          return;
        }
        if (admitted === undefined)
          throw new DescentError('FRAME_MALFORMED', { problem: `${header.type} before JOIN` });
        const { job, link } = admitted;
        switch (header.type) {
          case 'GRADIENT': {
            const slot = receiving!;
            receiving = undefined;
            job.training.gradient(link, header, slot);
            return;
          }
          case 'SCORES':
            scores(job, link, header, payload.slice());
            return;
          case 'READY':
            job.training.ready(link);
            return;
          case 'FAILED':
            job.training.failed(link, header, DescentError.fromBody(decodeJson('FAILED', payload)));
            return;
          case 'LEAVE':
            job.training.left(link, decodeJson('LEAVE', payload).reason);
            admitted = undefined;
            return;
          default:
            throw new DescentError('FRAME_MALFORMED', { problem: `a worker does not send ${header.type}` });
        }
      };

      return {
        target(header) {
          if (admitted === undefined)
            return new DescentError('FRAME_MALFORMED', { problem: `${header.type} before JOIN` });
          const { job, link } = admitted;
          if (header.type === 'SCORES') return new Uint8Array(prefixBytes(sumCount(job.metrics)));
          if (header.type !== 'GRADIENT') {
            return new DescentError('FRAME_MALFORMED', { problem: `a worker does not send ${header.type}` });
          }
          const expected = job.training.expectGradient(link, header);
          if (expected instanceof DescentError) return expected;
          receiving = expected;
          return expected.payload;
        },
        arrived: (_, bytes) => receiving?.arrived(bytes),
        frame(header, payload) {
          try {
            handle(header, payload);
          } catch (error) {
            if (!(error instanceof DescentError)) throw error;
            connection.refuse(header, error);
          }
        },
        refused(header, error) {
          if (admitted === undefined) connection.refuse(header, error);
          else admitted.job.training.refused(admitted.link, header, error);
        },
        closed(error) {
          if (worker !== undefined) connectionsOf.get(worker)?.delete(connection);
          if (admitted === undefined) return;
          const { job, link } = admitted;
          if (error === silence) job.training.left(link, error.message);
          else job.training.lost(link, error === null ? 'it closed the connection' : error.message);
          if (receiving !== undefined) admitted.job.training.dropped(receiving);
        },
      };
    },

    sweep() {
      const now = clock();
      for (const [worker, heard] of lastHeard) {
        if (now - heard < silenceMs) continue;
        lastHeard.delete(worker);
        for (const connection of connectionsOf.get(worker)?.keys() ?? []) {
          connection.destroy(silence);
        }
      }
      for (const [worker, connections] of connectionsOf)
        if (connections.size === 0) connectionsOf.delete(worker);
    },
  };
}
