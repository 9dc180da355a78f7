import type { FormEvent, ReactNode } from 'react';
import { Logo } from '../ui/logo.tsx';

interface DoorFormProps {
  readonly title: string;
  readonly onSubmit: (event: FormEvent) => void;
  readonly children: ReactNode;
}

/** The one card of a page that stands before everything else: signing in, joining a team. */
export function DoorForm({ title, onSubmit, children }: DoorFormProps) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <form
        onSubmit={onSubmit}
        noValidate
        className="w-full max-w-sm space-y-5 rounded-xl border border-line bg-surface p-6 shadow-sm"
      >
        <div className="flex items-center gap-3">
          <Logo />
          <h1 className="text-xl font-semibold">{title}</h1>
        </div>
        {children}
      </form>
    </main>
  );
}
