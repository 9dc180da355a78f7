import type { Download } from '@descent/client';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';

interface DownloadButtonProps {
  /** What is downloaded, for screen readers; shown too where `named`. */
  readonly name: string;
  readonly named?: boolean;
  /** Used when the service proposes none. */
  readonly fileName: string;
  readonly open: () => Promise<Download>;
}

/** A link could not carry the token, so the file is fetched and handed to the browser as a blob. */
export function DownloadButton({ name, named = false, fileName, open }: DownloadButtonProps) {
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle');
  const [problem, setProblem] = useState<string | null>(null);

  async function download() {
    setState('loading');
    try {
      const file = await open();
      save(await new Response(file.stream).blob(), file.fileName ?? fileName);
      setState('idle');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setState('failed');
    }
  }

  const words = { idle: 'Download', loading: 'Loading…', failed: 'Failed: try again' }[state];
  return (
    <Button
      look="quiet"
      className="min-h-7 px-2 py-0.5 text-sm"
      disabled={state === 'loading'}
      title={problem ?? undefined}
      aria-label={`${words} ${name}`}
      onClick={download}
    >
      {named ? `${words} ${name}` : words}
    </Button>
  );
}

function save(content: Blob, fileName: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The browser has taken the blob over by the next task.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
