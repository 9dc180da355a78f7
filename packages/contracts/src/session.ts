import { type Static, Type } from 'typebox';
import { Identity, JoinRequest, TokenId } from './accounts.ts';
import { Closed } from './closed.ts';

export const SessionId = Type.String({ pattern: '^ses_[0-9A-HJKMNP-TV-Z]{26}$' });
const Time = Type.String({ format: 'date-time' });

/** A browser that is signed in. It may do what its token may, and ends with it. */
export const Session = Closed({
  id: SessionId,
  browser: Type.String({ description: 'What it calls itself' }),
  createdAt: Time,
  lastUsedAt: { ...Time, description: 'To the minute' },
  expiresAt: { ...Time, description: 'At the latest; sooner when it is not used' },
  token: Closed({ id: TokenId, name: Type.String() }),
  current: Type.Boolean({ description: 'The one that asks' }),
});
export type Session = Static<typeof Session>;

const remember = Type.Optional(
  Type.Boolean({ default: false, description: 'For 30 days instead of until the browser is closed' }),
);
export const SessionByToken = Closed({ token: Type.String({ minLength: 1, maxLength: 100 }), remember });
export type SessionByToken = Static<typeof SessionByToken>;
/** Makes a member of the invitation, as `POST /v1/join` does, and a token that stays with the session. */
export const SessionByInvite = Closed({ ...JoinRequest.properties, remember });
export type SessionByInvite = Static<typeof SessionByInvite>;

/** The cookie comes in the header alone. */
export const SessionCreated = Closed({ session: Session, ...Identity.properties });
export type SessionCreated = Static<typeof SessionCreated>;
