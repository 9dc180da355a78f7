import { useAnnouncements } from './use-cluster.ts';

/** What staff say to everybody, above every page. */
export function AnnouncementBar() {
  const { data: announcements = [] } = useAnnouncements();
  const now = Date.now();
  const current = announcements.filter(({ endsAt }) => endsAt === null || Date.parse(endsAt) > now);
  if (current.length === 0) return null;
  return (
    <div role="status" className="border-b border-warn bg-warn-back text-warn">
      {current.map(({ id, message, pausesWork, startsAt, endsAt }) => (
        <p key={id} className="mx-auto max-w-7xl px-4 py-2 break-words">
          {message}
          {pausesWork &&
            ` · jobs wait from ${moment(startsAt)} ${endsAt === null ? 'on' : `to ${moment(endsAt)}`}`}
        </p>
      ))}
    </div>
  );
}

function moment(time: string): string {
  return new Date(time).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}
