import { type DatasetReport, describeFinding } from '@descent/client';
import { Card } from '../ui/card.tsx';

/** What reading the files found, to be looked at before training. */
export function FindingsCard({ findings }: { readonly findings: DatasetReport['findings'] }) {
  return (
    <Card title="Findings">
      <div className="px-4 pb-3 text-sm">
        {findings.length === 0 && (
          <p className="text-ink-soft">
            Nothing: no missing values, constant columns, odd labels or repeated samples.
          </p>
        )}
        <ul>
          {findings.map((finding) => (
            <li
              key={`${finding.kind} ${finding.split} ${finding.column ?? ''} ${finding.other ?? ''}`}
              className="flex gap-3 border-t border-line py-1.5 first:border-t-0"
            >
              <span className="w-24 shrink-0 text-ink-faint">{finding.kind}</span>
              <span className="min-w-0 break-words">{describeFinding(finding)}</span>
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
