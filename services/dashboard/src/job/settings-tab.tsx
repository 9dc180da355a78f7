import type { Job } from '@descent/client';
import { Link } from 'wouter';
import { stringify } from 'yaml';
import { DifferenceTable } from '../compare/difference-table.tsx';
import { buttonClass } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { CodeText } from '../ui/code-text.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { SnippetCard } from './snippet-card.tsx';
import { useJob } from './use-job.ts';

interface SettingsTabProps {
  readonly job: Job;
  /** Of a fork: the job whose checkpoint it began with. */
  readonly parent: string | undefined;
}

/** What was submitted, with all that the service filled in. */
export default function SettingsTab({ job, parent }: SettingsTabProps) {
  const text = stringify(job.request);
  return (
    <>
      {parent !== undefined && <ParentCard job={job} parent={parent} />}
      <Card
        title="Settings"
        aside={
          <span className="flex items-center gap-2">
            <CopyButton text={text} name="settings" />
            <Link href={`/new?from=${job.id}`} className={buttonClass('plain')}>
              Edit and submit again
            </Link>
          </span>
        }
      >
        <CodeText text={text} height="max-h-[36rem]" />
      </Card>
      <SnippetCard job={job} />
    </>
  );
}

function ParentCard({ job, parent }: { readonly job: Job; readonly parent: string }) {
  const { data } = useJob(parent);
  if (data === undefined) {
    return (
      <p className="text-ink-soft">
        Forked from{' '}
        <Link href={`/jobs/${parent}`} className="font-mono text-sm text-accent underline">
          {parent}
        </Link>
      </p>
    );
  }
  return <DifferenceTable title="Changed against its parent" jobs={[data, job]} />;
}
