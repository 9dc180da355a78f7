import {
  DatasetId,
  InviteId,
  JobId,
  MemberId,
  ModelId,
  SessionId,
  TeamId,
  TokenId,
  WebhookId,
  WorkerId,
} from '@descent/contracts';
import { DescentError } from '@descent/errors';
import {
  type Database,
  findTeam,
  findWorker,
  type OwnedTable,
  owningTeam,
  sessionOwner,
  type TokenRecord,
  tokenOwner,
} from '@descent/storage';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { serves } from '../workers/present-worker.ts';

export const objectKinds = [
  'job',
  'dataset',
  'model',
  'team',
  'member',
  'invite',
  'token',
  'session',
  'webhook',
  'worker',
] as const;
/** What the `:id` of a path can name. */
export type ObjectKind = (typeof objectKinds)[number];

interface ObjectRule {
  /** What does not look like one is left to the route, which says what is wrong with it. */
  readonly id: TSchema;
  isVisible(db: Database, id: string, caller: TokenRecord): Promise<boolean>;
  missing(id: string): DescentError;
}

const belongsToTeam =
  (table: OwnedTable): ObjectRule['isVisible'] =>
  async (db, id, caller) =>
    (await owningTeam(db, table, id)) === caller.teamId;

const rules: Record<ObjectKind, ObjectRule> = {
  job: {
    id: JobId,
    isVisible: belongsToTeam('jobs'),
    missing: (jobId) => new DescentError('JOB_NOT_FOUND', { jobId }),
  },
  dataset: {
    id: DatasetId,
    isVisible: async (db, id, caller) =>
      id.startsWith('builtin:') || (await owningTeam(db, 'datasets', id)) === caller.teamId,
    missing: (dataset) => new DescentError('DATASET_NOT_FOUND', { dataset }),
  },
  model: {
    id: ModelId,
    isVisible: belongsToTeam('models'),
    missing: (model) => new DescentError('MODEL_NOT_FOUND', { model }),
  },
  team: {
    id: TeamId,
    isVisible: async (db, id, caller) => (await findTeam(db, id))?.id === caller.teamId,
    missing: (team) => new DescentError('TEAM_NOT_FOUND', { team }),
  },
  member: {
    id: MemberId,
    isVisible: belongsToTeam('members'),
    missing: (member) => new DescentError('MEMBER_NOT_FOUND', { member }),
  },
  invite: {
    id: InviteId,
    isVisible: belongsToTeam('invites'),
    missing: (invite) => new DescentError('INVITE_NOT_FOUND', { invite }),
  },
  /** A member's own; an owner's: all of the team. */
  token: {
    id: TokenId,
    async isVisible(db, id, caller) {
      const owner = await tokenOwner(db, id);
      if (owner?.teamId !== caller.teamId) return false;
      return caller.role === 'owner' || owner.memberId === caller.memberId;
    },
    missing: (token) => new DescentError('TOKEN_NOT_FOUND', { token }),
  },
  webhook: {
    id: WebhookId,
    isVisible: belongsToTeam('webhooks'),
    missing: (webhook) => new DescentError('WEBHOOK_NOT_FOUND', { webhook }),
  },
  /** One's own. */
  session: {
    id: SessionId,
    isVisible: async (db, id, caller) => (await sessionOwner(db, id)) === caller.memberId,
    missing: (session) => new DescentError('SESSION_NOT_FOUND', { session }),
  },
  /** For people, those that serve their team; for a worker itself alone. */
  worker: {
    id: WorkerId,
    async isVisible(db, id, caller) {
      const worker = await findWorker(db, id);
      if (worker === null) return false;
      return caller.scopes.includes('worker') ? worker.tokenId === caller.id : serves(worker, caller.teamId);
    },
    missing: (worker) => new DescentError('WORKER_NOT_FOUND', { worker }),
  },
};

/**
 * One of another team and one that does not exist take the same look-up and get the same answer.
 * @throws DescentError …_NOT_FOUND
 */
export async function requireVisible(
  db: Database,
  kind: ObjectKind,
  id: string,
  caller: TokenRecord,
): Promise<void> {
  const { id: Id, isVisible, missing } = rules[kind];
  if (caller.role === 'staff' || !Value.Check(Id, id)) return;
  if (!(await isVisible(db, id, caller))) throw missing(id);
}
