import { DescentError } from '@descent/errors';
import type { ChannelConnection, ChannelHandlers } from './connection.ts';
import { malformed } from './frame.ts';
import type { FrameTypeName } from './frame-type.ts';

/**
 * Whoever can reach the port can open a connection. Until its first whole frame, which must be JOIN or HEARTBEAT, a
 * peer gets no buffer, and it has `joinTimeoutMs` to send it.
 */
export function afterJoin(
  connected: (connection: ChannelConnection) => ChannelHandlers,
  joinTimeoutMs: number,
): (connection: ChannelConnection) => ChannelHandlers {
  return (connection) => {
    let hasJoined = false;
    const { peer } = connection;
    const timer = setTimeout(
      () => connection.destroy(new DescentError('CHANNEL_JOIN_TIMEOUT', { peer, timeoutMs: joinTimeoutMs })),
      joinTimeoutMs,
    ).unref();
    const admit = (type: FrameTypeName): void => {
      if (hasJoined) return;
      if (type !== 'JOIN' && type !== 'HEARTBEAT') {
        throw malformed(`a connection begins with JOIN or HEARTBEAT, not with ${type}`);
      }
      hasJoined = true;
      clearTimeout(timer);
    };
    const handlers = connected(connection);
    return {
      target: (header) => {
        admit(header.type);
        return handlers.target(header);
      },
      arrived: (header, bytes) => handlers.arrived?.(header, bytes),
      frame: (header, payload) => {
        admit(header.type);
        handlers.frame(header, payload);
      },
      refused: (header, error) => handlers.refused(header, error),
      closed: (error) => {
        clearTimeout(timer);
        handlers.closed(error);
      },
    };
  };
}
