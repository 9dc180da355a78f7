import { type Static, Type } from 'typebox';
import { Closed, OneOf } from './closed.ts';

const ulid = '[0-9A-HJKMNP-TV-Z]{26}';
export const TeamId = Type.String({ pattern: `^team_${ulid}$` });
export const MemberId = Type.String({ pattern: `^mem_${ulid}$` });
export const InviteId = Type.String({ pattern: `^inv_${ulid}$` });
export const TokenId = Type.String({ pattern: `^tok_${ulid}$` });

/** Each may do what those before it may. `staff` sees every team; the others their own. */
export const roles = ['member', 'owner', 'staff'] as const;
export const Role = OneOf(roles);
export type Role = Static<typeof Role>;

/**
 * What a token may be used for, within what the role of its member allows.
 *
 *   read    look at everything of the team, and let models answer
 *   submit  create, change and delete jobs, data sets and models
 *   manage  members, invitations, tokens; for staff also teams
 *   worker  join as a worker, and nothing else
 */
export const scopes = ['read', 'submit', 'manage', 'worker'] as const;
export const Scope = OneOf(scopes);
export type Scope = Static<typeof Scope>;

const Time = Type.String({ format: 'date-time' });
const TimeOrNull = (description: string) => Type.Union([Time, Type.Null()], { description });
const Name = Type.String({ minLength: 1, maxLength: 120, pattern: '^[^\\p{Cc}]*[^\\p{Cc}\\s][^\\p{Cc}]*$' });
const Email = Type.String({ maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' });
const OrNull = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);

/** What staff decide about a team; `null`: without a limit. */
export const teamSettings = {
  weight: Type.Number({
    minimum: 0.01,
    maximum: 1000,
    description: 'Its part of the workers, against others',
  }),
  runningLimit: Type.Union([Type.Integer({ minimum: 1, maximum: 1000 }), Type.Null()], {
    description: 'Training jobs that may run at once',
  }),
  budgetWorkerSeconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'Worker-seconds it may use in all',
  }),
  storedBytesLimit: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description: 'Bytes of its data sets, models and checkpoints',
  }),
  dueAt: TimeOrNull('When its work is due; shown, nothing follows from it'),
  paused: Type.Boolean({ description: 'Its jobs wait' }),
};
export const TeamSettings = Closed(teamSettings);
export type TeamSettings = Static<typeof TeamSettings>;

export const Team = Closed({
  id: TeamId,
  name: Type.String(),
  createdAt: Time,
  ...teamSettings,
  members: Type.Integer({ minimum: 0 }),
  storedBytes: Type.Integer({ minimum: 0 }),
});
export type Team = Static<typeof Team>;

const someSettings = Type.Partial(TeamSettings).properties;
export const TeamCreate = Closed({ name: Name, ...someSettings });
export type TeamCreate = Static<typeof TeamCreate>;
export const TeamChange = Closed({ name: Type.Optional(Name), ...someSettings });
export type TeamChange = Static<typeof TeamChange>;

export const Member = Closed({
  id: MemberId,
  team: TeamId,
  name: Type.String(),
  email: OrNull(Type.String()),
  role: Role,
  createdAt: Time,
});
export type Member = Static<typeof Member>;
export const MemberChange = Closed({ role: Role });

const day = 24 * 3600;
export const Invite = Closed({
  id: InviteId,
  team: TeamId,
  role: Role,
  name: OrNull(Type.String()),
  email: OrNull(Type.String()),
  usesLeft: Type.Integer({ minimum: 0 }),
  createdAt: Time,
  expiresAt: Time,
});
export type Invite = Static<typeof Invite>;
export const InviteCreate = Closed({
  role: Type.Optional(OneOf(roles, 'Default member. An owner may invite members and owners')),
  uses: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 1 })),
  expiresInSeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: 365 * day, default: 14 * day })),
  name: Type.Optional(Name),
  email: Type.Optional(Email),
});
export type InviteCreate = Static<typeof InviteCreate>;
const shownOnce = 'Shown this once; only its SHA-256 is stored';
export const InviteCreated = Closed({
  invite: Invite,
  code: Type.String({ description: `${shownOnce}. The link is <server>/#join=<code>` }),
});
export type InviteCreated = Static<typeof InviteCreated>;

export const JoinRequest = Closed({
  code: Type.String({ minLength: 1, maxLength: 100 }),
  name: Type.Optional({ ...Name, description: 'Left out: the name in the invitation' }),
});
export type JoinRequest = Static<typeof JoinRequest>;

export const Token = Closed({
  id: TokenId,
  name: Type.String(),
  member: Closed({ id: MemberId, name: Type.String() }),
  team: TeamId,
  scopes: Type.Array(Scope),
  lentTo: Type.Union([TeamId, Type.Null()], {
    description: 'Of a worker token: the team that its workers serve; null: all',
  }),
  createdAt: Time,
  expiresAt: TimeOrNull('null: never'),
  lastUsedAt: TimeOrNull('To the minute'),
  revokedAt: TimeOrNull('null: it is valid, unless it has expired'),
});
export type Token = Static<typeof Token>;
export const TokenCreate = Closed({
  name: Name,
  scopes: Type.Optional(
    Type.Array(Scope, {
      minItems: 1,
      maxItems: scopes.length,
      uniqueItems: true,
      description:
        'At most those of the token that asks; `worker` stands alone and needs an owner. Left out: read, submit',
    }),
  ),
  expiresInSeconds: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 5 * 365 * day, description: 'Left out: it does not expire' }),
  ),
  lentTo: Type.Optional({
    ...TeamId,
    description: 'With scope worker: the team its workers serve. Staff: left out, all',
  }),
});
export type TokenCreate = Static<typeof TokenCreate>;
export const TokenCreated = Closed({ token: Token, secret: Type.String({ description: shownOnce }) });
export type TokenCreated = Static<typeof TokenCreated>;

export const Joined = Closed({
  member: Member,
  team: Closed({ id: TeamId, name: Type.String() }),
  ...TokenCreated.properties,
});
export type Joined = Static<typeof Joined>;

export const Identity = Closed({
  member: Member,
  team: Closed({ id: TeamId, name: Type.String() }),
  token: Token,
});
export type Identity = Static<typeof Identity>;

export const ClassImport = Closed({
  students: Type.Array(
    Closed({
      team: Name,
      name: Name,
      email: Type.Optional(Email),
      role: Type.Optional(OneOf(['member', 'owner'])),
    }),
    { minItems: 1, maxItems: 2000 },
  ),
});
export type ClassImport = Static<typeof ClassImport>;
export const ClassImported = Closed({
  teamsCreated: Type.Integer(),
  students: Type.Array(
    Closed({
      team: Closed({ id: TeamId, name: Type.String() }),
      name: Type.String(),
      email: OrNull(Type.String()),
      code: Type.Union([Type.String(), Type.Null()], {
        description: 'For <server>/#join=<code>, once; null: has joined already',
      }),
    }),
  ),
});
export type ClassImported = Static<typeof ClassImported>;

/** One change that was made through the API. */
export const AuditEntry = Closed({
  requestId: Type.String({ description: 'As in the header x-request-id of the answer; sorts by time' }),
  time: Time,
  action: Type.String({ description: 'The operation, as in this document' }),
  object: OrNull(Type.String({ description: 'Id of what was changed or created' })),
  team: OrNull(TeamId),
  member: OrNull(MemberId),
  token: OrNull(TokenId),
  statusCode: Type.Integer(),
});
export type AuditEntry = Static<typeof AuditEntry>;
