import { type Static, Type } from 'typebox';
import { Closed } from './closed.ts';

export const Tag = Type.String({
  minLength: 1,
  maxLength: 60,
  pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}._:/-]*$',
  description: 'Letters, digits and . _ : / - within',
});

/** How people keep order among their jobs; nothing of it touches the training. */
export const JobEdit = Closed({
  name: Type.Optional(
    Type.String({ minLength: 1, maxLength: 120, pattern: '^[^\\p{Cc}]*[^\\p{Cc}\\s][^\\p{Cc}]*$' }),
  ),
  tags: Type.Optional(Type.Array(Tag, { maxItems: 32, uniqueItems: true, description: 'All of them' })),
  notes: Type.Optional(Type.String({ maxLength: 10_000 })),
  starred: Type.Optional(Type.Boolean({ description: 'Yours alone' })),
  archived: Type.Optional(
    Type.Boolean({ description: 'Left out of lists unless they ask; of a job that has ended' }),
  ),
});
export type JobEdit = Static<typeof JobEdit>;
