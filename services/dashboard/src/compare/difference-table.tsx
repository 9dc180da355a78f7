import type { Job } from '@descent/client';
import { Card } from '../ui/card.tsx';
import { differencesOf } from './differences.ts';
import { Dot } from './dot.tsx';

interface DifferenceTableProps {
  readonly title: string;
  readonly jobs: readonly Job[];
}

/** The settings in which jobs differ, a column for each job. */
export function DifferenceTable({ title, jobs }: DifferenceTableProps) {
  const differences = differencesOf(jobs);
  return (
    <Card title={title}>
      {differences.length === 0 ? (
        <p className="px-4 pb-4 text-ink-soft">None: equal settings give equal bits.</p>
      ) : (
        <div className="overflow-x-auto">
          <table className="w-full text-left">
            <thead className="text-sm text-ink-faint">
              <tr className="border-b border-line">
                <th className="px-4 py-1.5 font-normal">setting</th>
                {jobs.map((job, place) => (
                  <th key={job.id} className="px-4 py-1.5 font-normal">
                    <span className="flex items-center gap-2">
                      <Dot place={place} />
                      <span className="max-w-40 truncate">{job.name}</span>
                    </span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="font-mono text-sm">
              {differences.map(({ field, values }) => (
                <tr key={field} className="border-b border-line last:border-b-0">
                  <th scope="row" className="px-4 py-2 font-normal">
                    {field}
                  </th>
                  {values.map((value, place) => (
                    <td key={jobs[place]?.id} className="px-4 py-2">
                      {value ?? <span className="text-ink-faint">–</span>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
