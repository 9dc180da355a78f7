import type { Job } from '@descent/client';
import { missing } from '../format/number.ts';
import { useClient } from '../session/session.ts';
import { Card } from '../ui/card.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { DownloadButton } from './download-button.tsx';

/** Proof of what was computed: jobs with equal receipts have equal bits. */
export function ReceiptCard({ job }: { readonly job: Job }) {
  const client = useClient();
  const { receipt } = job;
  const entries = [
    ['weights hash', receipt.weightsHash],
    ['ledger hash', receipt.ledgerHash],
    ['data set hash', receipt.datasetHash],
    ['graph hash', receipt.graphHash],
    ['numerics class', receipt.numericsClass],
    ['job id', job.id],
  ] as const;
  return (
    <Card
      title="Receipt"
      aside={
        receipt.weightsHash !== null && (
          <DownloadButton
            name="weights"
            named
            fileName={`${job.id}.safetensors`}
            open={() => client.jobs.downloadWeights(job.id)}
          />
        )
      }
    >
      <dl className="px-4 pb-3">
        {entries.map(([label, value]) => (
          <div key={label} className="flex min-h-9 items-center gap-3 border-t border-line first:border-t-0">
            <dt className="w-28 shrink-0 text-sm text-ink-faint">{label}</dt>
            <dd className="flex min-w-0 flex-1 items-center gap-3">
              <span className="min-w-0 flex-1 truncate font-mono text-sm" title={value ?? undefined}>
                {value ?? missing}
              </span>
              {value !== null && <CopyButton text={value} name={label} />}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
