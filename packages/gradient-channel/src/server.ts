import { chmod, lstat, unlink } from 'node:fs/promises';
import {
  createServer,
  connect as netConnect,
  type OnReadOpts,
  type Server,
  Socket,
  type SocketConstructorOpts,
} from 'node:net';
import { DescentError } from '@descent/errors';
import { type ChannelAddress, formatAddress, isSameHost, parseAddress } from './address.ts';
import { type ChannelConnection, type ChannelHandlers, Connection } from './connection.ts';
import { afterJoin } from './join-guard.ts';

export interface ChannelServerOptions {
  /** `unix:/path` or `tcp:host:port`; port 0 takes a free one. */
  readonly address: string;
  /** Called for each new connection; the handlers may keep their state in the closure. */
  readonly connected: (connection: ChannelConnection) => ChannelHandlers;
  /** Further connections are answered CHANNEL_FULL. Default 1,024. */
  readonly maxConnections?: number;
  /** A peer that has not sent a whole JOIN or HEARTBEAT by then is closed. Default 5,000. */
  readonly joinTimeoutMs?: number;
  /** Payload checksums on what we send. Default: for a TCP peer on another host. */
  readonly checksum?: boolean;
}

export interface ChannelServer {
  /** The actual address. */
  readonly address: string;
  readonly connections: ReadonlySet<ChannelConnection>;
  /** Stops listening, destroys the connections, removes the socket file. */
  close(): Promise<void>;
}

/** @throws DescentError CHANNEL_ADDRESS_INVALID, CHANNEL_ADDRESS_IN_USE */
export async function createChannelServer(options: ChannelServerOptions): Promise<ChannelServer> {
  const { maxConnections = 1024, joinTimeoutMs = 5_000, connected } = options;
  const wanted = parseAddress(options.address);
  const open = new Set<Connection>();
  const listener = createServer({ pauseOnConnect: true }, (accepted) => {
    const connection = new Connection('worker');
    const socket = readInPlace(accepted, connection);
    const isFull = open.size >= maxConnections;
    open.add(connection);
    socket.once('close', () => open.delete(connection));
    if (wanted.kind === 'tcp') socket.setNoDelay(true).setKeepAlive(true, 5_000);
    const settings = {
      peer: peerOf(wanted, socket),
      checksum:
        options.checksum ?? (wanted.kind === 'tcp' && !isSameHost(socket.remoteAddress, socket.localAddress)),
    };
    connection.open(
      socket,
      settings,
      isFull ? turnAway(maxConnections) : afterJoin(connected, joinTimeoutMs),
    );
  });
  const address = await listen(listener, wanted);
  return {
    address,
    connections: open,
    close: async () => {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      const ends = [...open].map((connection) => connection.ended);
      for (const connection of open) connection.destroy();
      await Promise.all([closed, ...ends]);
    },
  };
}

/**
 * Node gives an accepting socket no `onread`, and 'data' would cost a new 64 KiB buffer and a copy per read. So the
 * handle is taken out of the accepted socket, which has not begun to read (`pauseOnConnect`), and put into a socket
 * of our own. `handle` and `_handle` are not documented, but stable since Node 10 and covered by the tests here.
 */
function readInPlace(accepted: Socket, connection: Connection): Socket {
  const shell = accepted as Socket & { _handle: unknown };
  const settings: SocketConstructorOpts & { readonly handle: unknown; readonly onread: OnReadOpts } = {
    handle: shell._handle,
    onread: connection.onread,
  };
  shell._handle = null;
  shell.destroy();
  return new Socket(settings);
}

/** A worker that is turned away hears why. */
function turnAway(limit: number): (connection: ChannelConnection) => ChannelHandlers {
  return (connection) => {
    connection.sendJson({ type: 'REFUSED' }, new DescentError('CHANNEL_FULL', { limit }).toBody());
    connection.close();
    return {
      target: () => new DescentError('CHANNEL_FULL', { limit }),
      frame: () => {},
      refused: () => {},
      closed: () => {},
    };
  };
}

async function listen(listener: Server, wanted: ChannelAddress): Promise<string> {
  try {
    await listenOnce(listener, wanted);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
      const problem = (cause as Error).message;
      throw new DescentError(
        'CHANNEL_ADDRESS_INVALID',
        { address: formatAddress(wanted), problem },
        { cause },
      );
    }
    if (wanted.kind === 'tcp' || !(await isLeftBehind(wanted.path))) {
      throw new DescentError('CHANNEL_ADDRESS_IN_USE', { address: formatAddress(wanted) }, { cause });
    }
    await unlink(wanted.path);
    await listenOnce(listener, wanted);
  }
  if (wanted.kind === 'unix') {
    await chmod(wanted.path, 0o600);
    return formatAddress(wanted);
  }
  const bound = listener.address();
  if (bound === null || typeof bound === 'string') throw new Error('a TCP listener has a port');
  return formatAddress({ ...wanted, port: bound.port });
}

function listenOnce(listener: Server, wanted: ChannelAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(wanted.kind === 'unix' ? { path: wanted.path } : { ...wanted }, () => {
      listener.off('error', reject);
      // EMFILE on accept and the like: that connection is lost, the listener is not.
      listener.on('error', () => {});
      resolve();
    });
  });
}

/** A process that was killed leaves its socket file behind; nobody listens there any more. */
async function isLeftBehind(path: string): Promise<boolean> {
  if (!(await lstat(path)).isSocket()) return false;
  return new Promise((resolve) => {
    const probe = netConnect(path, () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });
}

function peerOf(wanted: ChannelAddress, socket: Socket): string {
  if (wanted.kind === 'unix') return formatAddress(wanted);
  return formatAddress({ kind: 'tcp', host: socket.remoteAddress ?? '?', port: socket.remotePort ?? 0 });
}
