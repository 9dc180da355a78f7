import { AnnouncementCreate, AnnouncementId, Closed, validate } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { deleteAnnouncement, insertAnnouncement, listAnnouncements } from '@descent/storage';
import { ulid } from 'ulid';
import type { Context } from '../context.ts';
import { requires } from '../http/policy.ts';
import { failures, listOf, ref } from '../http/schemas.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ id: { ...AnnouncementId, description: 'an announcement id (ann_…)' } });

export function announcementRoutes(app: Routes, context: Context): void {
  const { db, clock } = context;
  const now = () => new Date(clock()).toISOString();

  app.get(
    '/announcements',
    {
      config: requires('read'),
      schema: {
        operationId: 'listAnnouncements',
        summary: 'What staff announce: those that have not ended',
        tags: ['cluster'],
        response: { 200: listOf('announcements', 'Announcement'), ...failures() },
      },
    },
    async () => ({ announcements: await listAnnouncements(db, now()) }),
  );

  app.post(
    '/announcements',
    {
      config: requires('manage', { role: 'staff' }),
      schema: {
        operationId: 'announce',
        summary: 'Announce something to everybody',
        description:
          'With `pausesWork` it is a maintenance: from `startsAt` to `endsAt` workers finish what they have, jobs write a checkpoint and wait, and then go on by themselves.',
        tags: ['cluster'],
        body: ref('AnnouncementCreate'),
        response: { 201: { description: 'Announced', ...ref('Announcement') }, ...failures(415, 422) },
      },
    },
    async (request, reply) => {
      const { message, pausesWork = false, startsAt, endsAt } = validate(AnnouncementCreate, request.body);
      const announcement = {
        id: `ann_${ulid(clock())}`,
        message,
        pausesWork,
        startsAt: timeOf(startsAt) ?? now(),
        endsAt: timeOf(endsAt),
      };
      if (announcement.endsAt !== null && announcement.endsAt <= announcement.startsAt) {
        const problem = `must be after startsAt, ${announcement.startsAt}`;
        throw new DescentError('REQUEST_INVALID', { path: 'endsAt', problem });
      }
      await insertAnnouncement(db, announcement);
      request.changed = announcement.id;
      context.books.forgetCluster();
      context.wakeDispatcher();
      return reply.status(201).send(announcement);
    },
  );

  app.delete(
    '/announcements/:id',
    {
      config: requires('manage', { role: 'staff' }),
      schema: {
        operationId: 'withdrawAnnouncement',
        summary: 'Withdraw an announcement; a maintenance ends with it',
        tags: ['cluster'],
        params: Params,
        response: { 204: { description: 'Withdrawn', type: 'null' }, ...failures(404, 422) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await deleteAnnouncement(db, id)))
        throw new DescentError('ANNOUNCEMENT_NOT_FOUND', { announcement: id });
      context.books.forgetCluster();
      context.wakeDispatcher();
      return reply.status(204).send(null);
    },
  );
}

/** One form for every time zone: they are compared as text. */
function timeOf(text: string | undefined): string | null {
  return text === undefined ? null : new Date(text).toISOString();
}
