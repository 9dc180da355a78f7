import type { CatalogueEntry } from '../entry.ts';

export const accountErrors = {
  SCOPE_MISSING: {
    status: 403,
    message: 'This needs a token with the scope "{scope}"',
    advice: 'Use another token, or make one with that scope: `descent token create`.',
    retryable: false,
  },
  ROLE_MISSING: {
    status: 403,
    message: 'This needs the role {role}',
    advice: 'Ask an owner of your team, or staff.',
    retryable: false,
  },
  TEAM_NOT_FOUND: {
    status: 404,
    message: 'There is no team {team}',
    advice: 'List the teams you may see: `descent team ls`.',
    retryable: false,
  },
  TEAM_NAME_TAKEN: {
    status: 409,
    message: 'There is a team "{name}" already',
    advice: 'Choose another name.',
    retryable: false,
  },
  MEMBER_NOT_FOUND: {
    status: 404,
    message: 'There is no member {member}',
    advice: 'List the members of a team: `descent team members`.',
    retryable: false,
  },
  LAST_STAFF: {
    status: 409,
    message: 'Nobody would be left with the role staff',
    advice: 'Make somebody else staff first.',
    retryable: false,
  },
  INVITE_NOT_FOUND: {
    status: 404,
    message: 'There is no invitation {invite}',
    advice: 'List the invitations that are open: `GET /v1/teams/{id}/invites`.',
    retryable: false,
  },
  INVITE_INVALID: {
    status: 404,
    message: 'This invitation is not valid: it was used, withdrawn, or has expired',
    advice: 'Ask for a new one.',
    retryable: false,
  },
  TOKEN_NOT_FOUND: {
    status: 404,
    message: 'There is no token {token}',
    advice: 'List your tokens: `descent token ls`.',
    retryable: false,
  },
  SESSION_NOT_FOUND: {
    status: 404,
    message: 'There is no session {session}',
    advice: 'List the browsers that are signed in: GET /v1/sessions.',
    retryable: false,
  },
  CROSS_SITE: {
    status: 403,
    message: 'A signed-in browser may do this from the page of the service only',
    advice:
      'Programs use a token in the header Authorization. Behind a proxy: let it pass the header Host on.',
    retryable: false,
  },
  WORKER_NOT_FOUND: {
    status: 404,
    message: 'There is no worker {worker}',
    advice: 'List the workers: `descent workers ls`. A worker that was removed has to be started again.',
    retryable: false,
  },
  WORKER_NOT_YOURS: {
    status: 403,
    message: 'Worker {worker} belongs to somebody else',
    advice: 'Ask its owner, or staff.',
    retryable: false,
  },
  WORKERS_NOT_ADMITTED: {
    status: 409,
    message: 'No parameter server here can be reached by workers of other machines',
    advice:
      'Start the service with `descent up --worker-address HOST:PORT`, or give parameter servers DESCENT_CHANNEL_REMOTE_ADDRESS.',
    retryable: true,
  },
  ANNOUNCEMENT_NOT_FOUND: {
    status: 404,
    message: 'There is no announcement {announcement}',
    advice: 'List them: `descent announce`.',
    retryable: false,
  },
  TOO_MANY_QUEUED: {
    status: 429,
    message: 'Your team has {limit} jobs that have not ended',
    advice: 'Wait until some have ended, or cancel some.',
    retryable: false,
  },
  TOO_MANY_STREAMS: {
    status: 429,
    message: 'Your {whose} follows {limit} streams already',
    advice: 'Close one: a stream ends when its reader goes away.',
    retryable: true,
  },
  TOO_MANY_UPLOADS: {
    status: 429,
    message: 'Your team sends {limit} files already',
    advice: 'Wait until one of them has been read.',
    retryable: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
