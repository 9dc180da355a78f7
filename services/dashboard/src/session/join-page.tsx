import { isDescentError } from '@descent/client';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { DoorForm } from './door-form.tsx';
import { ownClient } from './session.ts';

interface JoinPageProps {
  /** Of the invitation: `dsj_…`. */
  readonly code: string;
  readonly onJoined: () => void;
  readonly onLeave: () => void;
}

/** Where a join link leads: makes a member of who opens it and signs them in. */
export function JoinPage({ code, onJoined, onLeave }: JoinPageProps) {
  const [name, setName] = useState('');
  const [joining, setJoining] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();

  async function submit(event: FormEvent) {
    event.preventDefault();
    setJoining(true);
    setProblem(null);
    const given = name.trim();
    try {
      await ownClient.accounts.signIn({ code, remember: true, ...(given === '' ? {} : { name: given }) });
      onJoined();
    } catch (error) {
      setProblem(problemOf(error));
      setJoining(false);
    }
  }

  return (
    <DoorForm title="Join your team" onSubmit={submit}>
      <div className="space-y-1.5">
        <label htmlFor={`${id}-name`} className="block font-medium">
          Your name
        </label>
        <input
          id={`${id}-name`}
          autoComplete="name"
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.target.value)}
          aria-describedby={`${id}-hint`}
          className="w-full rounded-lg border border-line-strong bg-canvas px-3 py-2 text-sm"
        />
        <p id={`${id}-hint`} className="text-sm text-ink-soft">
          May stay empty if the invitation names you. This browser then remembers you.
        </p>
      </div>
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
      <Button type="submit" look="primary" disabled={joining} className="w-full">
        {joining ? 'Joining…' : 'Join'}
      </Button>
      <button type="button" onClick={onLeave} className="w-full text-sm text-ink-soft underline">
        I have a token already
      </button>
    </DoorForm>
  );
}

function problemOf(error: unknown): string {
  if (isDescentError(error, 'REQUEST_INVALID')) return 'Enter your name: the invitation does not hold one.';
  return error instanceof Error ? error.message : String(error);
}
