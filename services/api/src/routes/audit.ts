import { Closed, TeamId } from '@descent/contracts';
import { readAudit } from '@descent/storage';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import type { Routes } from './routes.ts';

const Query = Closed({
  team: Type.Optional({ ...TeamId, description: 'Only what members of this team changed' }),
  cursor: Type.Optional(
    Type.String({ pattern: '^req_[0-9A-HJKMNP-TV-Z]{26}$', description: '`nextCursor` of the page before' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
});

export function auditRoute(app: Routes, { db }: Context): void {
  app.get(
    '/audit',
    {
      config: requires('manage', { role: 'staff' }),
      schema: {
        operationId: 'readAudit',
        summary: 'Every change that was made through the API, newest first',
        tags: ['accounts'],
        querystring: Query,
        response: {
          200: {
            description: 'A page',
            type: 'object',
            required: ['entries', 'nextCursor'],
            properties: {
              entries: { type: 'array', items: ref('AuditEntry') },
              nextCursor: {
                anyOf: [{ type: 'string' }, { type: 'null' }],
                description: 'null: the last page',
              },
            },
          },
          ...failures(422),
        },
      },
    },
    async (request) => {
      const { team, cursor, limit = 100 } = request.query;
      const rows = await readAudit(db, {
        limit: limit + 1,
        ...(team === undefined ? {} : { team }),
        ...(cursor === undefined ? {} : { before: cursor }),
      });
      const entries = rows.slice(0, limit);
      return { entries, nextCursor: rows.length > limit ? (entries.at(-1)?.requestId ?? null) : null };
    },
  );
}
