import type { GradientQueuePayload } from '@descent/contracts';
import { type ChannelConnection, connectChannel, jobKey } from '@descent/gradient-channel';

const beatMs = 500;

/**
 * Signs of life to the parameter server that is being served, from the main thread, which never computes: a worker in
 * the middle of a long backward pass is alive, a stopped one is not.
 */
export interface Heartbeats {
  start(job: GradientQueuePayload): void;
  stop(): void;
}

export function createHeartbeats(worker: string): Heartbeats {
  let current: { readonly address: string; readonly connection: Promise<ChannelConnection> } | undefined;
  let timer: NodeJS.Timeout | undefined;

  const close = () => {
    current?.connection.then((connection) => connection.close()).catch(() => {});
    current = undefined;
  };

  const connect = (address: string): Promise<ChannelConnection> => {
    if (current?.address !== address) {
      close();
      const connection = connectChannel(address, () => ({
        target: () => new Uint8Array(0),
        frame() {},
        refused() {},
        closed() {
          if (current?.connection === connection) current = undefined;
        },
      }));
      current = { address, connection };
      connection.catch(() => {
        if (current?.connection === connection) current = undefined;
      });
    }
    return current!.connection;
  };

  const beat = async ({ address, jobId, incarnation, lease }: GradientQueuePayload) => {
    try {
      const connection = await connect(address);
      connection.sendJson({ type: 'HEARTBEAT', job: jobKey(jobId), incarnation }, { worker, lease });
    } catch {
      // The compute thread's own connection notices a lost server and ends the gradient job.
    }
  };

  return {
    start(job) {
      clearInterval(timer);
      void beat(job);
      timer = setInterval(() => void beat(job), beatMs);
    },
    stop() {
      clearInterval(timer);
      close();
    },
  };
}
