import { sumsBlockBytes, writeSums } from '@descent/gradient-channel';
import { createGradientAgent } from '../../../services/worker/src/gradient-agent.ts';
import { createHeartbeats } from '../../../services/worker/src/heartbeats.ts';
import type { Cluster } from './cluster.ts';
import { computeUnit } from './model.ts';
import type { Process } from './virtual-time.ts';

export interface WorkerNature {
  /** How long a micro-batch takes. */
  readonly unitMs: number;
}

/** A worker: the service's agent, with a "backward pass" that only takes time. */
export function startWorkerProcess(
  cluster: Cluster,
  name: string,
  { unitMs }: WorkerNature,
  onCompute: () => void,
): Process {
  const { time, random, network, gradients } = cluster;
  const process = time.spawn(name);
  const connect = (address: string, connected: Parameters<typeof network.connect>[2]) =>
    network.connect(process, address, connected);
  const agent = createGradientAgent({
    worker: name,
    numericsClass: 'simulated',
    connect,
    prepare: async (_plan, parameters) => ({
      async compute({ start, end }, step) {
        onCompute();
        const version = parameters.slice();
        await new Promise<void>((resolve) => {
          time.after(unitMs * random.between(0.5, 1.5), process, resolve);
        });
        const { samples, loss, gradient } = computeUnit(version, step, start, end);
        const sums = new Uint8Array(sumsBlockBytes(0));
        writeSums(sums, { samples, loss, metrics: [] });
        return { sums, gradients: new Uint8Array(gradient.buffer as ArrayBuffer) };
      },
      dispose() {},
    }),
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
