import { type ReactNode, useEffect } from 'react';
import { useIdentity } from '../team/use-identity.ts';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { Tabs, useTab } from '../ui/tabs.tsx';
import { AnnouncementsCard } from './announcements-card.tsx';
import { AuditCard } from './audit-card.tsx';
import { TeamsCard } from './teams-card.tsx';

const tabs = { teams: 'Teams', announcements: 'Announcements', audit: 'Audit log' } as const;

const contents: Record<keyof typeof tabs, () => ReactNode> = {
  teams: () => <TeamsCard />,
  announcements: () => <AnnouncementsCard />,
  audit: () => <AuditCard />,
};

/** What staff decide about all teams. */
export default function StaffPage() {
  const { data: identity, error } = useIdentity();
  const tab = useTab(tabs);

  useEffect(() => {
    document.title = 'Staff · Descent';
  }, []);

  if (error !== null) return <FailureNotice error={error} />;
  if (identity === undefined) return <Loading what="page" />;
  if (identity.member.role !== 'staff') {
    return (
      <div className="py-16 text-center">
        <h1 className="text-xl font-semibold">This page is for staff</h1>
        <p className="mt-1 text-ink-soft">Your own team is on the page Team.</p>
      </div>
    );
  }
  return (
    <div className="space-y-4">
      <h1 className="text-2xl font-semibold">Staff</h1>
      <Tabs label="Parts of the page" tabs={tabs} current={tab} />
      {contents[tab]()}
    </div>
  );
}
