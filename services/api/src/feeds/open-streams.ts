import { DescentError } from '@descent/errors';
import { type Database, type TokenRecord, validSessions, validTokens } from '@descent/storage';

/**
 * The streams that are open, each with the token or session it was opened with. They end when that is no longer valid
 * (revoked, signed out, expired, its member removed, here or by another process of the api): noticed every two seconds, and at once
 * where it was done here.
 */
export interface OpenStreams {
  /**
   * @param end called once when the stream must end
   * @returns to be called when the stream has ended
   * @throws DescentError TOO_MANY_STREAMS
   */
  open(token: TokenRecord, end: () => void): () => void;
  closeInvalid(): Promise<void>;
  close(): void;
}

export interface StreamLimits {
  readonly streamsPerToken: number;
  readonly streamsPerTeam: number;
}

interface OpenStream {
  readonly tokenId: string;
  readonly session: string | null;
  readonly teamId: string;
  readonly end: () => void;
}

const checkMs = 2000;

export function createOpenStreams(db: Database, limits: StreamLimits, clock: () => number): OpenStreams {
  const streams = new Set<OpenStream>();
  const count = (isCounted: (stream: OpenStream) => boolean) => [...streams].filter(isCounted).length;

  async function closeInvalid(): Promise<void> {
    if (streams.size === 0) return;
    const time = new Date(clock()).toISOString();
    const tokens = new Set([...streams].map(({ tokenId }) => tokenId));
    const sessions = new Set([...streams].flatMap(({ session }) => (session === null ? [] : [session])));
    const [validToken, validSession] = await Promise.all([
      validTokens(db, [...tokens], time),
      validSessions(db, [...sessions], time),
    ]);
    for (const { tokenId, session, end } of streams) {
      if (!validToken.has(tokenId) || (session !== null && !validSession.has(session))) end();
    }
  }

  // A look that fails (the database is busy) is made again in two seconds.
  const timer = setInterval(() => void closeInvalid().catch(() => undefined), checkMs);
  timer.unref();

  return {
    open(token, end) {
      const { streamsPerToken, streamsPerTeam } = limits;
      if (count(({ tokenId }) => tokenId === token.id) >= streamsPerToken)
        throw new DescentError('TOO_MANY_STREAMS', { whose: 'token', limit: streamsPerToken });
      if (count(({ teamId }) => teamId === token.teamId) >= streamsPerTeam)
        throw new DescentError('TOO_MANY_STREAMS', { whose: 'team', limit: streamsPerTeam });
      const stream = { tokenId: token.id, session: token.session, teamId: token.teamId, end };
      streams.add(stream);
      return () => streams.delete(stream);
    },
    closeInvalid,
    close: () => clearInterval(timer),
  };
}
