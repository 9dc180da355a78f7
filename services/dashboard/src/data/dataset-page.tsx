import type { Dataset } from '@descent/client';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { formatCount } from '../format/number.ts';
import { Card } from '../ui/card.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { ClassCard } from './class-card.tsx';
import { ColumnTable } from './column-table.tsx';
import { FindingsCard } from './findings-card.tsx';
import { PreviewCard } from './preview-card.tsx';
import { stateOf } from './state-of.ts';
import { useDataset, useReport } from './use-datasets.ts';

/** One data set: some samples, what its columns hold, and what was found when it was read. */
export default function DatasetPage({ id }: { readonly id: string }) {
  const { data, error, refetch } = useDataset(id);
  useEffect(() => {
    document.title = `${data?.name ?? id} · Descent`;
  }, [data?.name, id]);
  if (error !== null) return <FailureNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="data set" />;
  const readable = data.state === 'ready' || data.origin?.install === null;
  return (
    <div className="space-y-4">
      <header>
        <Link href="/data" className="text-sm text-ink-soft hover:text-ink">
          ← Data sets
        </Link>
        <h1 className="text-2xl font-semibold">{data.name}</h1>
        <p className="text-sm text-ink-soft">
          <span className="font-mono">{data.id}</span> · {stateOf(data)}
        </p>
      </header>
      {data.error !== null && <p role="alert">{data.error.message}</p>}
      {readable && <Content dataset={data} onRead={() => void refetch()} />}
      <Origin dataset={data} />
    </div>
  );
}

/** Samples of a split, what was found, and the columns and classes of that split. */
function Content({ dataset, onRead }: { readonly dataset: Dataset; readonly onRead: () => void }) {
  const [split, setSplit] = useState<string | null>(null);
  const { id, manifest } = dataset;
  const splits = manifest?.splits ?? [];
  const report = useReport(id, manifest !== null);
  const shown = split ?? splits[0]?.name;
  const profiles = report.data?.splits.find(({ name }) => name === shown)?.columns;
  const classes = profiles?.filter(
    ({ name, top }) => top !== undefined && isLabel(manifest?.columns.find((column) => column.name === name)),
  );
  return (
    <>
      <Samples dataset={dataset} split={split} setSplit={setSplit} onRead={onRead} />
      {report.data !== undefined && <FindingsCard findings={report.data.findings} />}
      {manifest !== null && <ColumnTable columns={manifest.columns} profiles={profiles} />}
      {classes !== undefined && classes.length > 0 && (
        <div className="grid gap-4 md:grid-cols-2">
          {classes.map((column) => (
            <ClassCard key={column.name} column={column} />
          ))}
        </div>
      )}
    </>
  );
}

type Column = NonNullable<Dataset['manifest']>['columns'][number];

/** Classes, or whole numbers by a name that labels have. */
function isLabel(column: Column | undefined): boolean {
  if (column === undefined) return false;
  return (
    column.classes !== undefined || (column.dtype !== 'float32' && /label|class|target/i.test(column.name))
  );
}

interface SamplesProps {
  readonly dataset: Dataset;
  readonly split: string | null;
  readonly setSplit: (split: string) => void;
  readonly onRead: () => void;
}

function Samples({ dataset, split, setSplit, onRead }: SamplesProps) {
  const splits = dataset.manifest?.splits ?? [];
  return (
    <PreviewCard
      id={dataset.id}
      split={split}
      onRead={dataset.manifest === null ? onRead : undefined}
      aside={
        splits.length > 1 && (
          <select
            aria-label="Split"
            value={split ?? splits[0]?.name}
            onChange={({ target }) => setSplit(target.value)}
            className="rounded-lg border border-line bg-surface px-2 py-1 text-sm"
          >
            {splits.map(({ name, count }) => (
              <option key={name} value={name}>
                {name} ({formatCount(count)})
              </option>
            ))}
          </select>
        )
      }
    />
  );
}

function Origin({ dataset: { origin, manifest } }: { readonly dataset: Dataset }) {
  if (origin === undefined && manifest === null) return null;
  const entries = [
    ['source', origin?.source],
    ['licence', origin?.licence],
    ['install', origin?.install],
    ['hash', manifest?.hash ?? origin?.hash],
  ].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return (
    <Card title="Origin">
      <dl className="px-4 pb-3 text-sm">
        {entries.map(([name, value]) => (
          <div key={name} className="flex gap-3 border-t border-line py-1.5 first:border-t-0">
            <dt className="w-20 shrink-0 text-ink-faint">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
