import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { AnnouncementBar } from '../cluster/announcement-bar.tsx';
import { NotifyToggle } from '../notify/notify-toggle.tsx';
import { useSession } from '../session/session.ts';
import { useIdentity } from '../team/use-identity.ts';
import { ThemeToggle } from '../theme/theme-toggle.tsx';
import { Button } from '../ui/button.tsx';
import { Logo } from '../ui/logo.tsx';

const pages = [
  { href: '/', name: 'Jobs' },
  { href: '/data', name: 'Data' },
  { href: '/graph', name: 'Graph' },
  { href: '/cluster', name: 'Cluster' },
  { href: '/team', name: 'Team' },
] as const;
const staffPage = { href: '/staff', name: 'Staff' } as const;

const pageLink =
  'rounded-lg px-2.5 py-1.5 font-medium whitespace-nowrap text-ink-soft hover:bg-sunken hover:text-ink aria-[current]:text-ink';

/** What stands around every page of a signed-in user. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { signOut } = useSession();
  const { data: identity } = useIdentity();
  const [path] = useLocation();
  const shown = identity?.member.role === 'staff' ? [...pages, staffPage] : pages;
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-20 focus:rounded-lg focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <header className="sticky top-0 z-10 border-b border-line bg-surface">
        <div className="mx-auto flex min-h-14 max-w-7xl flex-wrap items-center gap-x-2 px-4">
          <Link href="/" className="flex items-center gap-2.5 py-2 text-lg font-semibold">
            <Logo />
            Descent
          </Link>
          <nav aria-label="Pages" className="flex overflow-x-auto max-sm:order-last max-sm:w-full sm:ml-4">
            {shown.map(({ href, name }) => (
              <Link
                key={href}
                href={href}
                aria-current={isAt(path, href) ? 'page' : undefined}
                className={pageLink}
              >
                {name}
              </Link>
            ))}
            <a href="/docs" className={pageLink}>
              API docs
            </a>
          </nav>
          <div className="ml-auto flex items-center">
            <NotifyToggle />
            <ThemeToggle />
            <Button look="quiet" className="px-2.5" onClick={() => signOut()}>
              Sign out
            </Button>
          </div>
        </div>
      </header>
      <AnnouncementBar />
      <main id="content" tabIndex={-1} className="mx-auto max-w-7xl px-4 py-6 outline-none">
        {children}
      </main>
    </>
  );
}

/** Jobs are the first page: what belongs to them has addresses of its own. */
function isAt(path: string, href: string): boolean {
  if (href === '/') return path === '/' || /^\/(jobs|compare|new)\b/.test(path);
  return path === href || path.startsWith(`${href}/`);
}
