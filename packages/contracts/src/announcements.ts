import { type Static, Type } from 'typebox';
import { Closed } from './closed.ts';

const Time = Type.String({ format: 'date-time' });
export const AnnouncementId = Type.String({ pattern: '^ann_[0-9A-HJKMNP-TV-Z]{26}$' });

/** What staff say to everybody. One that pauses work is a maintenance: while it lasts, jobs wait with a checkpoint. */
export const Announcement = Closed({
  id: AnnouncementId,
  message: Type.String(),
  pausesWork: Type.Boolean({
    description: 'From `startsAt` to `endsAt` workers drain; jobs checkpoint and wait',
  }),
  startsAt: Time,
  endsAt: Type.Union([Time, Type.Null()], { description: 'null: until it is withdrawn' }),
});
export type Announcement = Static<typeof Announcement>;

export const AnnouncementCreate = Closed({
  message: Type.String({ minLength: 1, maxLength: 500 }),
  pausesWork: Type.Optional(Type.Boolean({ default: false })),
  startsAt: Type.Optional({ ...Time, description: 'Left out: now. It is shown from the moment it is made' }),
  endsAt: Type.Optional({ ...Time, description: 'Left out: until it is withdrawn' }),
});
export type AnnouncementCreate = Static<typeof AnnouncementCreate>;
