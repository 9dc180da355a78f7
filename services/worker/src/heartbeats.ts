import type { GradientQueuePayload } from '@descent/contracts';
import { type ChannelConnection, connectChannel, jobKey } from '@descent/gradient-channel';

const beatMs = 500;
/** A server that has not acknowledged a heartbeat for so long has lost this worker, or is lost itself. */
const silenceMs = 4_000;

export interface HeartbeatOptions {
  /** The gradient job that is being served has no server any more. */
  onSilence(reason: string): void;
  /** Default: `connectChannel`. */
  readonly connect?: typeof connectChannel;
  /** On what is sent; undefined: between hosts. */
  readonly checksum?: boolean | undefined;
  /** Monotonic milliseconds. */
  clock(): number;
}

/**
 * Signs of life to the parameter server that is being served, from the main thread, which never computes: a worker in
 * the middle of a long backward pass is alive, a stopped one is not.
 */
export interface Heartbeats {
  start(job: GradientQueuePayload): void;
  stop(): void;
}

export function createHeartbeats(worker: string, options: HeartbeatOptions): Heartbeats {
  const { onSilence, clock, checksum, connect: connectTo = connectChannel } = options;
  let current: { readonly address: string; readonly connection: Promise<ChannelConnection> } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let heardAt = 0;

  const close = () => {
    current?.connection.then((connection) => connection.close()).catch(() => {});
    current = undefined;
  };

  const connect = (address: string): Promise<ChannelConnection> => {
    if (current?.address !== address) {
      close();
      const connection = connectTo(
        address,
        () => ({
          target: () => new Uint8Array(0),
          frame({ type }) {
            if (type === 'ACCEPTED') heardAt = clock();
          },
          refused() {},
          closed() {
            if (current?.connection === connection) current = undefined;
          },
        }),
        checksum === undefined ? {} : { checksum },
      );
      current = { address, connection };
      connection.catch(() => {
        if (current?.connection === connection) current = undefined;
      });
    }
    return current!.connection;
  };

  const beat = async ({ address, jobId, incarnation, lease }: GradientQueuePayload) => {
    if (clock() - heardAt > silenceMs) {
      heardAt = clock();
      // It may be open at this end alone.
      close();
      onSilence(`the parameter server has not answered for ${silenceMs} ms`);
      return;
    }
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
      heardAt = clock();
      void beat(job);
      timer = setInterval(() => void beat(job), beatMs);
    },
    stop() {
      clearInterval(timer);
      close();
    },
  };
}
