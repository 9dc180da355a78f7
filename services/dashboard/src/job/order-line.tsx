import type { Job } from '@descent/client';
import { type FormEvent, useState } from 'react';
import { useEditJob } from '../jobs/use-edit-job.ts';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';

/** Tags and notes of a job, to read and to change. */
export function OrderLine({ job }: { readonly job: Job }) {
  const { tags = [], notes = '' } = job;
  const edit = useEditJob(job.id);
  const [tag, setTag] = useState('');
  const [draft, setDraft] = useState<string | null>(null);

  function addTag(event: FormEvent) {
    event.preventDefault();
    const added = tag.trim();
    if (added !== '' && !tags.includes(added)) edit.mutate({ tags: [...tags, added] });
    setTag('');
  }
  function saveNotes(event: FormEvent) {
    event.preventDefault();
    edit.mutate({ notes: draft ?? '' }, { onSuccess: () => setDraft(null) });
  }

  return (
    <div className="mt-2 space-y-2">
      <div className="flex flex-wrap items-center gap-1.5">
        {tags.length > 0 && (
          <ul aria-label="Tags" className="flex flex-wrap gap-1.5">
            {tags.map((name) => (
              <li key={name} className="flex items-center rounded bg-sunken pl-2 text-sm text-ink-soft">
                <span className="max-w-48 truncate">{name}</span>
                <button
                  type="button"
                  aria-label={`Remove tag ${name}`}
                  onClick={() => edit.mutate({ tags: tags.filter((other) => other !== name) })}
                  className="grid size-6 place-items-center hover:text-bad"
                >
                  ×
                </button>
              </li>
            ))}
          </ul>
        )}
        <form onSubmit={addTag}>
          <input
            aria-label="Add a tag"
            placeholder="+ tag"
            maxLength={60}
            value={tag}
            onChange={(event) => setTag(event.target.value)}
            className="min-h-7 w-24 rounded border border-transparent bg-transparent px-2 text-sm hover:border-line-strong focus:border-line-strong focus:bg-surface"
          />
        </form>
        {draft === null && notes === '' && (
          <Button look="quiet" className="min-h-7 px-2 py-0.5 text-sm" onClick={() => setDraft('')}>
            + note
          </Button>
        )}
      </div>
      {draft === null && notes !== '' && (
        <button
          type="button"
          aria-label="Edit the note"
          onClick={() => setDraft(notes)}
          className="block max-w-prose rounded-lg border border-transparent px-2 py-1 text-left break-words whitespace-pre-wrap text-ink-soft hover:border-line"
        >
          {notes}
        </button>
      )}
      {draft !== null && (
        <form onSubmit={saveNotes} className="max-w-prose space-y-2">
          <textarea
            aria-label="Note"
            // biome-ignore lint/a11y/noAutofocus: the field appears because one asked to write in it
            autoFocus
            rows={4}
            maxLength={10_000}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
            className="w-full rounded-lg border border-line-strong bg-surface p-2"
          />
          <div className="flex gap-2">
            <Button look="primary" type="submit" disabled={edit.isPending}>
              Save note
            </Button>
            <Button onClick={() => setDraft(null)}>Leave it</Button>
          </div>
        </form>
      )}
      {edit.error !== null && <FailureNotice error={edit.error} />}
    </div>
  );
}
