import { type Job, timePhases } from '@descent/client';
import { useClient } from '../session/session.ts';
import { Card } from '../ui/card.tsx';
import { DownloadButton } from './download-button.tsx';

const meanings: Readonly<Record<(typeof timePhases)[number], string>> = {
  queue: 'waits for a worker',
  pull: 'waits for the parameters',
  data: 'samples are gathered',
  compute: 'forward and backward pass',
  push: 'the gradient is sent and checked',
  wait: 'waits for the other micro-batches',
  reduce: 'gradients are added',
  update: 'optimizer',
};

/** Where the time of a micro-batch goes: the mean over the latest steps. */
export function TimeCard({ job }: { readonly job: Job }) {
  const client = useClient();
  const { timing } = job;
  if (timing === undefined) return null;
  const longest = Math.max(...timePhases.map((phase) => timing.phases[phase]), Number.MIN_VALUE);
  return (
    <Card
      title="Time of a micro-batch"
      aside={
        <DownloadButton
          name="trace"
          named
          fileName={`${job.id}.trace.json`}
          open={async () => {
            const trace = new Blob([JSON.stringify(await client.jobs.trace(job.id))]);
            return { stream: trace.stream(), bytes: trace.size, fileName: null };
          }}
        />
      }
    >
      <table className="mx-4 mb-3 text-sm">
        <tbody>
          {timePhases.map((phase) => (
            <tr key={phase} className="border-t border-line first:border-t-0">
              <th scope="row" className="py-1 pr-3 text-left font-normal" title={meanings[phase]}>
                {phase}
              </th>
              <td className="w-full py-1">
                <div
                  aria-hidden="true"
                  className="h-2 min-w-px rounded-sm bg-accent"
                  style={{ width: `${(100 * timing.phases[phase]) / longest}%` }}
                />
              </td>
              <td className="py-1 pl-3 text-right whitespace-nowrap tabular-nums">
                {milliseconds(timing.phases[phase])}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="px-4 pb-3 text-sm text-ink-faint">
        Mean over the latest {timing.steps} steps; one step every {milliseconds(timing.stepMs)}.
      </p>
    </Card>
  );
}

function milliseconds(ms: number): string {
  return `${ms >= 100 ? Math.round(ms) : Number(ms.toPrecision(2))} ms`;
}
