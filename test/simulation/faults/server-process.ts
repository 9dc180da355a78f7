import type { GradientQueuePayload } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { createLease, jobKey } from '@descent/gradient-channel';
import { gradientQueueId } from '@descent/queue';
import { createDoor } from '../../../services/parameter-server/src/door.ts';
import { type RunningJob, runTrainingJob } from '../../../services/parameter-server/src/running-job.ts';
import type { TimesObserver } from '../../../services/parameter-server/src/step-times.ts';
import type { Truth } from '../../../services/parameter-server/src/truth.ts';
import type { Cluster } from './cluster.ts';
import { jobId, model } from './model.ts';
import type { Process } from './virtual-time.ts';

const tickMs = 50;

/** A parameter server: the service's door, training job, ledger of gradient jobs, reporter, checkpoint writer and restore. */
export function startServerProcess(
  cluster: Cluster,
  name: string,
  observe: (incarnation: number) => TimesObserver,
): Process {
  const { time, random, network, gradients, training } = cluster;
  const process = time.spawn(name);
  const address = `unix:/${name}`;
  const leaseKey = Uint8Array.from({ length: 32 }, () => random.integer(0, 255));
  const running = new Map<bigint, RunningJob>();
  const clock = () => time.now;
  const door = createDoor({ leaseKey, clock, findJob: (key) => running.get(key) });
  network.listen(address, { process, connected: door.connected });
  const every = (ms: number, task: () => void) => {
    const beat = () => {
      time.after(ms, process, beat);
      task();
    };
    time.after(ms, process, beat);
  };
  every(tickMs, () => {
    door.sweep();
    for (const { training } of running.values()) training.tick();
  });

  const truth = truthFor(cluster, process);
  const ask = <Answer>(task: () => Answer) => cluster.askQueue(process, task);
  training.consume({
    process,
    concurrency: 8,
    async handler() {
      const claim = await truth.claim(jobId).catch(() => undefined);
      if (claim === undefined) return;
      await runTrainingJob(claim, {
        truth,
        gradients: {
          setPriority: async () => {},
          add: (payload: GradientQueuePayload) => ask(() => gradients.add(gradientQueueId(payload), payload)),
          states: (jobs) =>
            ask(() => {
              const states = gradients.states();
              return new Map(
                jobs.flatMap((job) => {
                  const state = states.get(gradientQueueId(job));
                  return state === undefined ? [] : [[job.serial, state] as const];
                }),
              );
            }),
          remove: (jobs) =>
            ask(() => {
              for (const job of jobs) gradients.remove(gradientQueueId(job));
            }),
        },
        address,
        createLease: (id, incarnation, serial) =>
          createLease(leaseKey, { jobId: id, incarnation, serial, expiresAt: Number.MAX_SAFE_INTEGER }),
        clock,
        timesOf: () => observe(claim.incarnation),
        compile: () => model,
        onQueueError() {},
        opened(job) {
          const key = jobKey(job.jobId);
          running.set(key, job);
          return () => {
            if (running.get(key) === job) running.delete(key);
          };
        },
      });
    },
  });
  return process;
}

function truthFor(cluster: Cluster, process: Process): Truth {
  const ask = <Answer>(task: () => Answer) => cluster.askApi(process, task);
  const { truth } = cluster;
  return {
    beat: async () => {},
    replace: async () => {},
    claim: () => ask(() => truth.claim(process.name)),
    report: (_, report) => ask(() => truth.report(structuredClone(report))),
    putCheckpoint: (_, incarnation, step, file) => ask(() => truth.putCheckpoint(incarnation, step, file)),
    getCheckpoint: (_, step) => ask(() => truth.getCheckpoint(step)),
    putWeights: (_, incarnation, file) => ask(() => truth.putWeights(incarnation, file)),
    async getArtifact(hash) {
      throw new DescentError('ARTIFACT_NOT_FOUND', { hash });
    },
  };
}
