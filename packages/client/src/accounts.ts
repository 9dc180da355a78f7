import type {
  AuditEntry,
  ClassImport,
  ClassImported,
  Identity,
  Invite,
  InviteCreate,
  InviteCreated,
  Joined,
  JoinRequest,
  Member,
  Role,
  Session,
  SessionByInvite,
  SessionByToken,
  SessionCreated,
  Team,
  TeamChange,
  TeamCreate,
  Token,
  TokenCreate,
  TokenCreated,
  UsageEntry,
} from '@descent/contracts';
import type { CallOptions } from './jobs.ts';
import type { Transport } from './transport.ts';

export type AccountsApi = ReturnType<typeof createAccountsApi>;

export interface AuditFilter extends CallOptions {
  /** Only what members of this team changed. */
  readonly team?: string;
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

export interface AuditPage {
  readonly entries: AuditEntry[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

export function createAccountsApi({ http, body, done }: Transport) {
  const of = (id: string) => ({ params: { path: { id } } });

  return {
    /** Who the token speaks for, and what it may be used for. */
    whoami(options: CallOptions = {}): Promise<Identity> {
      return body(http.GET('/v1/whoami', { ...options }));
    },

    /** Accepts an invitation; needs no token. The answer holds a new one. */
    join(request: JoinRequest, options: CallOptions = {}): Promise<Joined> {
      return body(http.POST('/v1/join', { body: request, ...options }));
    },

    /** Signs a browser in: from then on a client without a token, on the page of the service, speaks for it. */
    signIn(order: SessionByToken | SessionByInvite, options: CallOptions = {}): Promise<SessionCreated> {
      return body(http.POST('/v1/sessions', { body: order, ...options }));
    },

    signOut(options: CallOptions = {}): Promise<void> {
      return done(http.DELETE('/v1/sessions/current', { ...options }));
    },

    /** Browsers in which you are signed in. */
    async sessions(options: CallOptions = {}): Promise<Session[]> {
      return (await body(http.GET('/v1/sessions', { ...options }))).sessions;
    },

    endSession(id: string, options: CallOptions = {}): Promise<void> {
      return done(http.DELETE('/v1/sessions/{id}', { ...of(id), ...options }));
    },

    /** Staff: teams of a class list, and a code for each student. */
    importClass(list: ClassImport, options: CallOptions = {}): Promise<ClassImported> {
      return body(http.POST('/v1/class', { body: list, ...options }));
    },

    async teams(options: CallOptions = {}): Promise<Team[]> {
      return (await body(http.GET('/v1/teams', { ...options }))).teams;
    },

    createTeam(team: TeamCreate, options: CallOptions = {}): Promise<Team> {
      return body(http.POST('/v1/teams', { body: team, ...options }));
    },

    changeTeam(id: string, change: TeamChange, options: CallOptions = {}): Promise<Team> {
      return body(http.PATCH('/v1/teams/{id}', { ...of(id), body: change, ...options }));
    },

    async members(team: string, options: CallOptions = {}): Promise<Member[]> {
      return (await body(http.GET('/v1/teams/{id}/members', { ...of(team), ...options }))).members;
    },

    changeRole(member: string, role: Role, options: CallOptions = {}): Promise<Member> {
      return body(http.PATCH('/v1/members/{id}', { ...of(member), body: { role }, ...options }));
    },

    removeMember(member: string, options: CallOptions = {}): Promise<void> {
      return done(http.DELETE('/v1/members/{id}', { ...of(member), ...options }));
    },

    /** The code is in this answer alone; the link to hand out is `joinLink(server, code)`. */
    invite(team: string, invite: InviteCreate = {}, options: CallOptions = {}): Promise<InviteCreated> {
      return body(http.POST('/v1/teams/{id}/invites', { ...of(team), body: invite, ...options }));
    },

    async invites(team: string, options: CallOptions = {}): Promise<Invite[]> {
      return (await body(http.GET('/v1/teams/{id}/invites', { ...of(team), ...options }))).invites;
    },

    withdrawInvite(id: string, options: CallOptions = {}): Promise<void> {
      return done(http.DELETE('/v1/invites/{id}', { ...of(id), ...options }));
    },

    /** Worker-seconds of each job of the team; for staff of all teams. */
    async usage(options: CallOptions = {}): Promise<UsageEntry[]> {
      // The route has an answer in CSV too, which this is not.
      const answer = await body(http.GET('/v1/usage', { ...options }));
      return (answer as Exclude<typeof answer, string>).usage;
    },

    /** The same as a table: team, job, from, to, worker_seconds. */
    async usageCsv(options: CallOptions = {}): Promise<string> {
      const headers = { accept: 'text/csv' };
      return String(await body(http.GET('/v1/usage', { headers, parseAs: 'text', ...options })));
    },

    /** Staff: every change that was made through the API, newest first. */
    audit({ signal, ...query }: AuditFilter = {}): Promise<AuditPage> {
      return body(http.GET('/v1/audit', { params: { query }, ...(signal !== undefined && { signal }) }));
    },

    async tokens(options: CallOptions = {}): Promise<Token[]> {
      return (await body(http.GET('/v1/tokens', { ...options }))).tokens;
    },

    /** The token itself is in this answer alone. */
    createToken(token: TokenCreate, options: CallOptions = {}): Promise<TokenCreated> {
      return body(http.POST('/v1/tokens', { body: token, ...options }));
    },

    revokeToken(id: string, options: CallOptions = {}): Promise<void> {
      return done(http.DELETE('/v1/tokens/{id}', { ...of(id), ...options }));
    },
  };
}

/** The code stands behind `#`: browsers do not send it, so that no server or proxy writes it into a log. */
export function joinLink(server: string, code: string): string {
  return `${server.replace(/\/+$/, '')}/#join=${code}`;
}

/** The server and the code of a join link, or null. */
export function readJoinLink(link: string): { readonly server: string; readonly code: string } | null {
  if (!URL.canParse(link)) return null;
  const { origin, pathname, hash } = new URL(link);
  const code = /^#join=(\w+)$/.exec(hash)?.[1];
  return code === undefined ? null : { server: `${origin}${pathname}`.replace(/\/+$/, ''), code };
}
