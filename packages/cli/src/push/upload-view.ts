import { Presets, SingleBar } from 'cli-progress';
import type { TextStream } from '../context.ts';

export interface UploadView {
  readonly show: (sent: number, total: number) => void;
  close(): void;
}

/** A bar on a terminal, nothing elsewhere: what a log needs is said at the end. */
export function createUploadView(stderr: TextStream | NodeJS.WriteStream): UploadView {
  if (stderr.isTTY !== true || !('columns' in stderr))
    return { show: () => undefined, close: () => undefined };
  const bar = new SingleBar(
    {
      stream: stderr,
      format: '{bar} {percentage} %  {value}/{total} MB  {eta_formatted}',
      hideCursor: true,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  let started = false;
  const mega = (bytes: number) => Math.round(bytes / 1e5) / 10;
  return {
    show(sent, total) {
      if (!started) bar.start(mega(total), mega(sent));
      started = true;
      bar.update(mega(sent));
    },
    close() {
      if (started) bar.stop();
    },
  };
}
