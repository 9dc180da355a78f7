import type { Dataset } from '@descent/client';
import { useEffect } from 'react';
import { Link, useLocation } from 'wouter';
import { formatCount, missing } from '../format/number.ts';
import { CommandLine } from '../ui/command-line.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { stateOf } from './state-of.ts';
import { UploadZone } from './upload-zone.tsx';
import { useDatasets } from './use-datasets.ts';

/** Built-in data sets, then uploads. */
export default function DatasetsPage() {
  const { data, error, refetch } = useDatasets();
  const [, navigate] = useLocation();
  useEffect(() => {
    document.title = 'Data sets · Descent';
  }, []);
  return (
    <div className="space-y-4">
      <h1 className="text-2xl font-semibold">Data sets</h1>
      <UploadZone onDone={({ id }) => navigate(`/data/${encodeURIComponent(id)}`)} />
      {error !== null && <FailureNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading what="data sets" />}
      {data?.length === 0 && (
        <div className="rounded-xl border border-dashed border-line-strong px-4 py-10 text-center">
          <h2 className="text-lg font-semibold">No data sets yet</h2>
          <p className="mt-1 mb-5 text-ink-soft">Drop files above, or send them from the terminal:</p>
          <div className="mx-auto max-w-lg">
            <CommandLine command="descent datasets push FILE --name flowers" />
          </div>
        </div>
      )}
      {data !== undefined && (
        <ul aria-label="Data sets" className="space-y-2">
          {data.map((dataset) => (
            <DatasetRow key={dataset.id} dataset={dataset} />
          ))}
        </ul>
      )}
    </div>
  );
}

function DatasetRow({ dataset }: { readonly dataset: Dataset }) {
  return (
    <li>
      <Link
        href={`/data/${encodeURIComponent(dataset.id)}`}
        className="block rounded-xl border border-line bg-surface px-4 py-3 transition-colors hover:border-line-strong"
      >
        <div className="flex flex-wrap items-center gap-x-3">
          <h2 className="min-w-0 truncate font-semibold" title={dataset.name}>
            {dataset.name}
          </h2>
          <span
            className={`ml-auto shrink-0 text-sm ${dataset.error === null ? 'text-ink-faint' : 'text-bad'}`}
          >
            {stateOf(dataset)}
          </span>
        </div>
        <p className="truncate text-sm text-ink-soft">
          <span className="font-mono">{dataset.id}</span> · {samplesOf(dataset)}
        </p>
      </Link>
    </li>
  );
}

function samplesOf({ manifest, error }: Dataset): string {
  if (error !== null) return error.message;
  if (manifest === null) return missing;
  return manifest.splits.map(({ name, count }) => `${name} ${formatCount(count)}`).join(' · ');
}
