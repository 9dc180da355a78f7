import type { DatasetPreview } from '@descent/client';
import { type ReactNode, useEffect, useState } from 'react';
import { formatCount } from '../format/number.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { usePreview } from './use-datasets.ts';

const pageSamples = 30;

interface PreviewCardProps {
  readonly id: string;
  readonly split: string | null;
  readonly aside: ReactNode;
  /** Called once the samples are here: a built-in data set has a manifest from then on. */
  readonly onRead: (() => void) | undefined;
}

export function PreviewCard({ id, split, aside, onRead }: PreviewCardProps) {
  const [offset, setOffset] = useState(0);
  const { data, error, refetch } = usePreview(id, split, offset, pageSamples);
  const here = data !== undefined;
  useEffect(() => {
    if (here) onRead?.();
  }, [here, onRead]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another split starts at its beginning
  useEffect(() => setOffset(0), [split]);
  return (
    <Card title="Samples" aside={aside}>
      <div className="space-y-3 px-4 pb-4">
        {error !== null && <FailureNotice error={error} onRetry={() => void refetch()} />}
        {data === undefined && error === null && <Loading what="samples" />}
        {data !== undefined && <Preview preview={data} />}
        {data !== undefined && (
          <div className="flex items-center gap-3 text-sm text-ink-soft">
            <Button disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - pageSamples))}>
              Back
            </Button>
            <Button
              disabled={offset + pageSamples >= data.count}
              onClick={() => setOffset(offset + pageSamples)}
            >
              On
            </Button>
            <span>
              from number {formatCount(data.offset)} of {formatCount(data.count)}
            </span>
          </div>
        )}
      </div>
    </Card>
  );
}

function Preview({ preview }: { readonly preview: DatasetPreview }) {
  if (preview.text !== null) {
    return (
      <pre className="max-h-96 overflow-auto rounded-lg bg-sunken p-3 text-sm whitespace-pre-wrap">
        {preview.text}
      </pre>
    );
  }
  return preview.images === null ? <Rows rows={preview.rows} /> : <Images preview={preview} />;
}

function Rows({ rows }: { readonly rows: DatasetPreview['rows'] }) {
  const names = Object.keys(rows[0] ?? {});
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-sm tabular-nums">
        <thead className="text-left text-xs text-ink-faint">
          <tr>
            {names.map((name) => (
              <th key={name} className="py-1 pr-4 font-normal whitespace-nowrap">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place
            <tr key={index} className="border-t border-line">
              {names.map((name) => (
                <td key={name} className="max-w-md truncate py-1 pr-4" title={show(row[name])}>
                  {show(row[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** One sprite, each picture cut out of it by its place; below it what else the row holds. */
function Images({ preview: { images, rows } }: { readonly preview: DatasetPreview }) {
  if (images === null) return null;
  const { width, height, perRow, png } = images;
  const zoom = Math.max(1, Math.floor(64 / Math.max(width, height)));
  const lines = Math.ceil(rows.length / perRow);
  return (
    <ul className="flex flex-wrap gap-3">
      {rows.map((row, index) => {
        const caption = Object.values(row).map(show).join(', ');
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place
          <li key={index} className="text-center text-xs text-ink-soft">
            <div
              role="img"
              aria-label={caption === '' ? `Sample ${index}` : caption}
              className="rounded border border-line"
              style={{
                width: width * zoom,
                height: height * zoom,
                backgroundImage: `url(data:image/png;base64,${png})`,
                backgroundSize: `${perRow * width * zoom}px ${lines * height * zoom}px`,
                backgroundPosition: `${-(index % perRow) * width * zoom}px ${-Math.floor(index / perRow) * height * zoom}px`,
                imageRendering: 'pixelated',
              }}
            />
            {caption}
          </li>
        );
      })}
    </ul>
  );
}

function show(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map(show).join(' ');
  return typeof value === 'number' && !Number.isInteger(value)
    ? String(Number(value.toPrecision(6)))
    : String(value);
}
