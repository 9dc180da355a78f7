import { connect as netConnect, type Socket } from 'node:net';
import { DescentError } from '@descent/errors';
import { isSameHost, parseAddress } from './address.ts';
import { type ChannelConnection, type ChannelHandlers, Connection } from './connection.ts';

export interface ConnectOptions {
  /** Aborting destroys the connection, also later. */
  readonly signal?: AbortSignal;
  /** Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** Payload checksums on what we send. Default: for a TCP peer on another host. */
  readonly checksum?: boolean;
}

/**
 * The worker's end of a connection.
 *
 * @throws DescentError CHANNEL_ADDRESS_INVALID, CHANNEL_UNREACHABLE (retryable)
 */
export async function connectChannel(
  address: string,
  connected: (connection: ChannelConnection) => ChannelHandlers,
  options: ConnectOptions = {},
): Promise<ChannelConnection> {
  const { signal, connectTimeoutMs = 5_000 } = options;
  const target = parseAddress(address);
  const unreachable = (problem: string, cause?: unknown): DescentError =>
    new DescentError('CHANNEL_UNREACHABLE', { address, problem }, { cause });
  if (signal?.aborted) throw unreachable('the attempt was given up', signal.reason);

  const connection = new Connection('server');
  const { onread } = connection;
  const socket =
    target.kind === 'unix'
      ? netConnect({ path: target.path, onread })
      : netConnect({ host: target.host, port: target.port, onread, noDelay: true, keepAlive: true });

  return new Promise((resolve, reject) => {
    const giveUp = (error: DescentError): void => {
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => giveUp(unreachable(`no answer within ${connectTimeoutMs} ms`)),
      connectTimeoutMs,
    );
    const failed = (cause: Error): void => giveUp(unreachable(cause.message, cause));
    const abort = (): void => {
      if (connection.isOpen) connection.destroy();
      else giveUp(unreachable('the attempt was given up', signal?.reason));
    };
    signal?.addEventListener('abort', abort);
    socket.once('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    });
    socket.once('error', failed);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      const checksum = options.checksum ?? (target.kind === 'tcp' && !isLocal(socket));
      try {
        connection.open(socket, { peer: address, checksum }, connected);
        resolve(connection);
      } catch (error) {
        reject(error as Error);
      }
    });
  });
}

function isLocal(socket: Socket): boolean {
  return isSameHost(socket.remoteAddress, socket.localAddress);
}
