import type { Dataset } from '@descent/client';
import { type ChangeEvent, type DragEvent, type ReactNode, useRef, useState } from 'react';
import { formatBytes } from '../format/number.ts';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { chosenFiles, droppedFiles } from './dropped-files.ts';
import { type Upload, useUpload } from './use-upload.ts';

/** Files are dropped here, or chosen; what is broken off goes on with the same files. */
export function UploadZone({ onDone }: { readonly onDone: (dataset: Dataset) => void }) {
  const { upload, start, retry, cancel } = useUpload(onDone);
  const [over, setOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const busy = upload.state === 'sending' || upload.state === 'reading';

  function drop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    if (!busy) void droppedFiles(event.dataTransfer).then(start);
  }
  function choose({ target }: ChangeEvent<HTMLInputElement>): void {
    const files = chosenFiles(target.files ?? new DataTransfer().files);
    target.value = '';
    void start(files);
  }

  return (
    <section
      aria-label="Upload a data set"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={`flex flex-col gap-3 rounded-xl border border-dashed px-4 py-5 ${over ? 'border-accent bg-sunken' : 'border-line-strong'}`}
    >
      {upload.state === 'idle' && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <p className="min-w-0 flex-1 text-sm text-ink-soft">
            Drop files or a folder here: CSV, TSV, JSON Lines, Parquet, NPZ, NPY, safetensors, IDX, text, or
            images in folders <span className="font-mono">split/class</span>. They become a data set.
          </p>
          <Button onClick={() => chooser.current?.click()}>Choose files</Button>
        </div>
      )}
      {busy && <Progress upload={upload} aside={<Button onClick={cancel}>Stop</Button>} />}
      {upload.state === 'failed' && (
        <>
          <FailureNotice error={upload.error} onRetry={() => void retry()} />
          <Button look="quiet" onClick={cancel}>
            Leave it
          </Button>
        </>
      )}
      <input
        ref={chooser}
        type="file"
        multiple
        className="sr-only"
        aria-label="Files of a data set"
        tabIndex={-1}
        onChange={choose}
      />
    </section>
  );
}

function Progress({
  upload,
  aside,
}: {
  readonly upload: Extract<Upload, { state: 'sending' | 'reading' }>;
  readonly aside: ReactNode;
}) {
  const sending = upload.state === 'sending';
  const share = sending ? upload.sent / upload.total : 1;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <div className="min-w-0 flex-1 space-y-1.5" aria-live="polite">
        <p className="truncate text-sm">
          <span className="font-medium">{upload.name}</span>{' '}
          <span className="text-ink-soft tabular-nums">
            {sending
              ? `${formatBytes(upload.sent)} of ${formatBytes(upload.total)}`
              : 'has arrived and is being read'}
          </span>
        </p>
        <div
          role="progressbar"
          aria-label="Upload"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.floor(share * 100)}
          className="h-1.5 w-full overflow-hidden rounded-full bg-sunken"
        >
          <div
            className="h-full rounded-full bg-busy transition-[width]"
            style={{ width: `${share * 100}%` }}
          />
        </div>
      </div>
      {aside}
    </div>
  );
}
