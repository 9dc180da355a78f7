import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useSession } from '../session/session.ts';
import { ThemeToggle } from '../theme/theme-toggle.tsx';
import { Button } from '../ui/button.tsx';
import { Logo } from '../ui/logo.tsx';

/** What stands around every page of a signed-in user. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { signOut } = useSession();
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-20 focus:rounded-lg focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <header className="sticky top-0 z-10 border-b border-line bg-surface">
        <div className="mx-auto flex h-14 max-w-6xl items-center gap-2 px-4">
          <Link href="/" className="mr-auto flex items-center gap-2.5 text-lg font-semibold">
            <Logo />
            Descent
          </Link>
          <a
            href="/docs"
            className="rounded-lg px-2.5 py-1.5 font-medium text-ink-soft hover:bg-sunken hover:text-ink"
          >
            <span className="max-sm:hidden">API </span>docs
          </a>
          <ThemeToggle />
          <Button look="quiet" className="px-2.5" onClick={() => signOut()}>
            Sign out
          </Button>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto max-w-6xl px-4 py-6 outline-none">
        {children}
      </main>
    </>
  );
}
