import { isIP, isIPv4 } from 'node:net';
import { DescentError } from '@descent/errors';

/** `unix:/path` on one host, `tcp:host:port` or `tcp:[ipv6]:port` between hosts. */
export type ChannelAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** sun_path holds 108 bytes with its final zero; a longer path would be cut without a word. */
const SOCKET_PATH_BYTES = 107;

/** @throws DescentError CHANNEL_ADDRESS_INVALID */
export function parseAddress(address: string): ChannelAddress {
  if (address.startsWith('unix:')) {
    const path = address.slice('unix:'.length);
    if (!path.startsWith('/') || path.includes('\0')) throw invalid(address, 'the path must begin with /');
    const bytes = Buffer.byteLength(path);
    if (bytes > SOCKET_PATH_BYTES) {
      throw invalid(address, `the path has ${bytes} bytes; the system allows ${SOCKET_PATH_BYTES}`);
    }
    return { kind: 'unix', path };
  }
  const match = /^tcp:(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(address);
  if (match === null) throw invalid(address, 'it must be unix:/path or tcp:host:port');
  const port = Number(match[3]);
  if (port > 65_535) throw invalid(address, `port ${port} does not exist`);
  return { kind: 'tcp', host: match[1] ?? match[2] ?? '', port };
}

export function formatAddress(address: ChannelAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  const host = isIP(address.host) === 6 ? `[${address.host}]` : address.host;
  return `tcp:${host}:${address.port}`;
}

/** Whether a TCP peer is on this host: over loopback, or by an own address. Nothing can flip a bit on the way then. */
export function isSameHost(remote: string | undefined, local: string | undefined): boolean {
  if (remote === undefined) return false;
  const plain = remote.startsWith('::ffff:') ? remote.slice('::ffff:'.length) : remote;
  return remote === local || plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}

function invalid(address: string, problem: string): DescentError<'CHANNEL_ADDRESS_INVALID'> {
  return new DescentError('CHANNEL_ADDRESS_INVALID', { address, problem });
}
