import type { AuditEntry, Identity, Invite, Member, Team, Token, UsageEntry } from '@descent/client';
import { jobId } from './fixture-jobs.ts';

const time = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString();
const ulid = (n: number) => `01JD00000000000000000000${String(n).padStart(2, '0')}`;
export const teamId = (n: number) => `team_${ulid(n)}`;

const settings = {
  weight: 1,
  runningLimit: 2,
  budgetWorkerSeconds: 36_000,
  storedBytesLimit: 2_000_000_000,
  dueAt: time(-21),
  paused: false,
};

export const fixtureTeams: Team[] = [
  {
    id: teamId(1),
    name: 'Staff',
    createdAt: time(40),
    ...settings,
    budgetWorkerSeconds: null,
    members: 2,
    storedBytes: 12_000_000,
  },
  {
    id: teamId(2),
    name: 'The gradient descenders of the Tuesday exercise group',
    createdAt: time(30),
    ...settings,
    members: 3,
    storedBytes: 840_000_000,
  },
  {
    id: teamId(3),
    name: 'Saddle points',
    createdAt: time(30),
    ...settings,
    weight: 2,
    paused: true,
    members: 4,
    storedBytes: 0,
  },
];

export const fixtureMembers: Member[] = [
  {
    id: `mem_${ulid(1)}`,
    team: teamId(1),
    name: 'Ada',
    email: 'ada@example.org',
    role: 'staff',
    createdAt: time(40),
  },
  {
    id: `mem_${ulid(2)}`,
    team: teamId(1),
    name: 'Hildegard von Bingen-Rupertsberg',
    email: null,
    role: 'owner',
    createdAt: time(20),
  },
  {
    id: `mem_${ulid(3)}`,
    team: teamId(1),
    name: 'Kurt',
    email: 'kurt@example.org',
    role: 'member',
    createdAt: time(3),
  },
];

export const fixtureTokens: Token[] = [
  {
    id: `tok_${ulid(1)}`,
    name: 'laptop',
    member: { id: `mem_${ulid(1)}`, name: 'Ada' },
    team: teamId(1),
    scopes: ['read', 'submit', 'manage'],
    lentTo: null,
    createdAt: time(12),
    expiresAt: null,
    lastUsedAt: time(0.01),
    revokedAt: null,
  },
  {
    id: `tok_${ulid(2)}`,
    name: 'workers of the pool room',
    member: { id: `mem_${ulid(1)}`, name: 'Ada' },
    team: teamId(1),
    scopes: ['worker'],
    lentTo: teamId(2),
    createdAt: time(12),
    expiresAt: time(-90),
    lastUsedAt: null,
    revokedAt: null,
  },
];

export const fixtureIdentity: Identity = {
  member: fixtureMembers[0]!,
  team: { id: teamId(1), name: 'Staff' },
  token: fixtureTokens[0]!,
};

export const fixtureInvites: Invite[] = [
  {
    id: `inv_${ulid(1)}`,
    team: teamId(1),
    role: 'member',
    name: 'Emmy',
    email: 'emmy@example.org',
    usesLeft: 1,
    createdAt: time(1),
    expiresAt: time(-13),
  },
];

export const fixtureUsage: UsageEntry[] = [
  { team: teamId(2), job: jobId(0), from: time(0.2), to: time(0.1), workerSeconds: 7430.5 },
  { team: teamId(2), job: jobId(3), from: time(2), to: time(1.9), workerSeconds: 22_800 },
  { team: teamId(3), job: jobId(4), from: time(4), to: time(3), workerSeconds: 640 },
];

export const fixtureAudit: AuditEntry[] = [
  ['createJob', jobId(0), 201],
  ['changeTeam', teamId(3), 200],
  ['createToken', null, 201],
  ['cancelJob', jobId(6), 409],
].map(([action, object, statusCode], index) => ({
  requestId: `req_${ulid(90 - index)}`,
  time: time(index * 0.05),
  action: String(action),
  object: object === null ? null : String(object),
  team: teamId(2),
  member: fixtureMembers[0]!.id,
  token: fixtureTokens[0]!.id,
  statusCode: Number(statusCode),
}));
