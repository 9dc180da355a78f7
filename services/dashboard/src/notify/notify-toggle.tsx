import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { endedSince, endInWords, type SeenStates, statesOf } from './ended-jobs.ts';

const pollMs = 5000;
const key = 'descent.notify';

/** Lets the browser say when one of the user's jobs ends, fails or diverges, as long as a page of Descent is open. */
export function NotifyToggle() {
  const [on, setOn] = useState(() => isWanted() && permission() === 'granted');
  useNotices(on);
  if (permission() === 'unsupported') return null;

  async function toggle() {
    const wanted = !on && (await Notification.requestPermission()) === 'granted';
    remember(wanted);
    setOn(wanted);
  }
  const label = on ? 'Stop telling me when my jobs end' : 'Tell me when my jobs end';
  return (
    <Button
      look="quiet"
      className="px-2.5"
      aria-pressed={on}
      aria-label={label}
      title={label}
      onClick={toggle}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true" className="size-5" fill={on ? 'currentColor' : 'none'}>
        <path
          d="M6 16v-5a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4"
          stroke="currentColor"
          strokeWidth="1.8"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
    </Button>
  );
}

function useNotices(on: boolean): void {
  const client = useClient();
  const seen = useRef<SeenStates | null>(null);
  const { data } = useQuery({
    queryKey: ['notices'],
    queryFn: ({ signal }) => client.jobs.list({ query: 'owner = me', limit: 50, signal }),
    enabled: on,
    refetchInterval: pollMs,
    // In a tab behind others most of all.
    refetchIntervalInBackground: true,
  });
  useEffect(() => {
    if (!on || data === undefined) {
      seen.current = null;
      return;
    }
    for (const job of endedSince(seen.current, data.jobs)) {
      const { title, body } = endInWords(job);
      // Of several tabs, one notification.
      const notice = new Notification(title, { body, tag: job.id });
      notice.onclick = () => {
        window.focus();
        window.location.assign(`/jobs/${job.id}`);
      };
    }
    seen.current = statesOf(data.jobs);
  }, [on, data]);
}

/** Only pages over https, or of this machine, may ask. */
function permission(): NotificationPermission | 'unsupported' {
  return 'Notification' in window && window.isSecureContext ? Notification.permission : 'unsupported';
}

function isWanted(): boolean {
  try {
    return localStorage.getItem(key) === 'on';
  } catch {
    return false;
  }
}

function remember(wanted: boolean): void {
  try {
    if (wanted) localStorage.setItem(key, 'on');
    else localStorage.removeItem(key);
  } catch {
    // It lasts as long as the page then.
  }
}
