import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelConnection, createChannelServer, type FrameHeader } from '@descent/gradient-channel';

export interface HeardFrame {
  readonly header: FrameHeader;
  readonly payload: Uint8Array;
  /** The connection that it came on. */
  readonly from: ChannelConnection;
}

/** A parameter server that says exactly what the test wants and keeps what it hears. */
export interface ScriptedServer {
  readonly address: string;
  readonly connections: ReadonlySet<ChannelConnection>;
  /** The next frame that it hears, of whatever type. */
  hear(): Promise<HeardFrame>;
  /** Resolves when one of its connections has been closed, once for each. */
  hearClosed(): Promise<Error | null>;
  /** Frames that were heard and not asked for. */
  readonly unasked: readonly FrameHeader['type'][];
  close(): Promise<void>;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'scripted-server-'));
  const frames = createInbox<HeardFrame>();
  const closings = createInbox<Error | null>();
  const server = await createChannelServer({
    address: `unix:${join(folder, 's')}`,
    connected: (from) => ({
      target: ({ payloadBytes }) => new Uint8Array(payloadBytes),
      frame: (header, payload) => frames.put({ header, payload, from }),
      refused() {},
      closed: (error) => closings.put(error),
    }),
  });
  return {
    address: server.address,
    connections: server.connections,
    hear: () => frames.take(),
    hearClosed: () => closings.take(),
    get unasked() {
      return frames.waiting.map(({ header }) => header.type);
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

function createInbox<Item>() {
  const waiting: Item[] = [];
  const takers: ((item: Item) => void)[] = [];
  return {
    waiting,
    put(item: Item) {
      const taker = takers.shift();
      if (taker === undefined) waiting.push(item);
      else taker(item);
    },
    take: async (): Promise<Item> =>
      waiting.length > 0
        ? waiting.shift()!
        : new Promise((resolve) => {
            takers.push(resolve);
          }),
  };
}
