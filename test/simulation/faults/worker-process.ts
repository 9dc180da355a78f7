import { sumsBlockBytes, timingsBytes, writeSums } from '@descent/gradient-channel';
import { createGradientAgent } from '../../../services/worker/src/gradient-agent.ts';
import { createHeartbeats } from '../../../services/worker/src/heartbeats.ts';
import type { Cluster } from './cluster.ts';
import { computeUnit, sumTree } from './model.ts';
import type { Process } from './virtual-time.ts';

export interface WorkerNature {
  /** How long a micro-batch takes. */
  readonly unitMs: number;
  /** From then on its gradients are plausible but wrong. Virtual milliseconds. */
  readonly liesFromMs?: number | undefined;
}

/** A worker: the service's agent, with a "backward pass" that only takes time. */
export function startWorkerProcess(
  cluster: Cluster,
  name: string,
  { unitMs, liesFromMs = Number.POSITIVE_INFINITY }: WorkerNature,
  heard: { computes(): void; lies(): void },
): Process {
  const { time, random, network, gradients } = cluster;
  const process = time.spawn(name);
  const connect = (address: string, connected: Parameters<typeof network.connect>[2]) =>
    network.connect(process, address, connected);
  const agent = createGradientAgent({
    worker: name,
    connect,
    clock: () => time.now,
    device: {
      numericsClass: 'simulated',
      receive: (elements) => new Float32Array(elements),
      prepare: async (_plan, parameters) => ({
        async compute({ bounds, step }) {
          heard.computes();
          const version = parameters.slice();
          await new Promise<void>((resolve) => {
            time.after((bounds.length - 1) * unitMs * random.between(0.5, 1.5), process, resolve);
          });
          const { samples, loss, gradient } = sumTree(0, bounds.length - 1, (at) =>
            computeUnit(version, step, bounds[at]!, bounds[at + 1]!),
          );
          if (time.now >= liesFromMs) {
            heard.lies();
            gradient[0]! += 0.5;
          }
          const ahead = sumsBlockBytes(0) + timingsBytes;
          const payload = new Uint8Array(ahead + gradient.byteLength);
          writeSums(payload, { samples, loss, metrics: [] });
          payload.set(new Uint8Array(gradient.buffer as ArrayBuffer), ahead);
          return { payload, release() {} };
        },
        lookAhead() {},
        dispose() {},
      }),
    },
  });

  const heartbeats = createHeartbeats(name, { connect, clock: () => time.now, onSilence: agent.abandon });

  gradients.consume({
    process,
    concurrency: 1,
    async handler(job) {
      heartbeats.start(job);
      await agent.serve(job);
    },
  });
  return process;
}
