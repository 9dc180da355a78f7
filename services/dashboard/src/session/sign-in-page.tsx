import { isDescentError } from '@descent/client';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { DoorForm } from './door-form.tsx';
import { ownClient } from './session.ts';

interface SignInPageProps {
  readonly notice: string | null;
  readonly onSignedIn: () => void;
}

export function SignInPage({ notice, onSignedIn }: SignInPageProps) {
  const [token, setToken] = useState('');
  const [remember, setRemember] = useState(false);
  const [checking, setChecking] = useState(false);
  const [problem, setProblem] = useState<string | null>(notice);
  const id = useId();

  async function submit(event: FormEvent) {
    event.preventDefault();
    const given = token.trim();
    if (given === '') {
      setProblem('Enter a token first.');
      return;
    }
    setChecking(true);
    setProblem(null);
    try {
      await ownClient.accounts.signIn({ token: given, remember });
      onSignedIn();
    } catch (error) {
      setProblem(problemOf(error));
      setChecking(false);
    }
  }

  return (
    <DoorForm title="Sign in to Descent" onSubmit={submit}>
      <div className="space-y-1.5">
        <label htmlFor={`${id}-token`} className="block font-medium">
          API token
        </label>
        <input
          id={`${id}-token`}
          type="password"
          autoComplete="current-password"
          spellCheck={false}
          placeholder="dsc_…"
          value={token}
          onChange={(event) => setToken(event.target.value)}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-hint`}
          className="w-full rounded-lg border border-line-strong bg-canvas px-3 py-2 font-mono text-sm placeholder:text-ink-faint"
        />
        <p id={`${id}-hint`} className="text-sm text-ink-soft">
          <code className="font-mono">descent up</code> prints it when it starts for the first time; a join
          link makes one.
        </p>
      </div>
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          checked={remember}
          onChange={(event) => setRemember(event.target.checked)}
          className="size-4 accent-accent"
        />
        Remember on this device
      </label>
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
      <Button type="submit" look="primary" disabled={checking} className="w-full">
        {checking ? 'Checking…' : 'Sign in'}
      </Button>
    </DoorForm>
  );
}

function problemOf(error: unknown): string {
  if (isDescentError(error, 'UNAUTHENTICATED'))
    return 'This token is not valid. Check that you copied all of it.';
  return error instanceof Error ? error.message : String(error);
}
