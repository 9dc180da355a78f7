import { ClassImport, JoinRequest, validate } from '@descent/contracts';
import { identityOf } from '../accounts/identity-of.ts';
import { importClass } from '../accounts/import-class.ts';
import { join } from '../accounts/join.ts';
import type { Context } from '../context.ts';
import { callerOf } from '../http/authorize.ts';
import { anybody, requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import type { Routes } from './routes.ts';

export function accountRoutes(app: Routes, context: Context): void {
  const { db } = context;

  app.get(
    '/whoami',
    {
      config: requires('read'),
      schema: {
        operationId: 'whoAmI',
        summary: 'Who the token speaks for, and what it may be used for',
        tags: ['accounts'],
        response: { 200: { description: 'Member, team and token', ...ref('Identity') }, ...failures() },
      },
    },
    async (request) => identityOf(db, callerOf(request)),
  );

  app.post(
    '/join',
    {
      config: anybody,
      bodyLimit: 4096,
      schema: {
        operationId: 'join',
        summary: 'Accept an invitation: become a member of its team and get a token',
        tags: ['accounts'],
        security: [],
        body: ref('JoinRequest'),
        response: { 201: { description: 'Joined', ...ref('Joined') }, ...failures(404, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const joined = await join(context, validate(JoinRequest, request.body));
      request.changed = joined.member.id;
      return reply.status(201).send(joined);
    },
  );

  app.post(
    '/class',
    {
      config: requires('manage', { role: 'staff' }),
      schema: {
        operationId: 'importClass',
        summary: 'Make the teams of a class list, and a join link for each student',
        description:
          'May be sent again with more students: who has joined is left alone, who has not gets a new link in place of the old.',
        tags: ['accounts'],
        body: ref('ClassImport'),
        response: {
          200: { description: 'A code per student', ...ref('ClassImported') },
          ...failures(413, 415, 422),
        },
      },
    },
    async (request) => importClass(context, validate(ClassImport, request.body)),
  );
}
