import type { Job, JobEvent } from '@descent/contracts';
import { MultiBar, Presets } from 'cli-progress';
import type { TextStream } from './context.ts';
import { progressLine } from './format.ts';

/** Shows a job while it runs. */
export interface ProgressView {
  show(job: Job): void;
  event(event: JobEvent): void;
  /** A line of its own. */
  note(text: string): void;
  close(): void;
}

/** Written by a machine for machines; a person who watches learns nothing from them. */
const quietEvents: ReadonlySet<JobEvent['type']> = new Set(['created', 'checkpoint', 'gradient-refused']);
const plainIntervalMs = 2_000;

/** One live line on a terminal; elsewhere (a log, a pipe) a plain line every two seconds. */
export function createProgressView(
  stderr: TextStream | NodeJS.WriteStream,
  clock: () => number,
): ProgressView {
  return stderr.isTTY === true && 'columns' in stderr ? createBar(stderr) : createLines(stderr, clock);
}

function createBar(stream: NodeJS.WriteStream): ProgressView {
  const bars = new MultiBar(
    {
      stream,
      format: '{bar} {line}',
      barsize: 20,
      hideCursor: true,
      clearOnComplete: false,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  const bar = bars.create(1, 0, { line: '' });
  return {
    show(job) {
      bar.setTotal(Math.max(1, job.progress.steps));
      bar.update(job.progress.step, { line: progressLine(job) });
    },
    event(event) {
      if (!quietEvents.has(event.type)) bars.log(`${event.message}\n`);
    },
    note: (text) => bars.log(`${text}\n`),
    close() {
      bars.update();
      bars.stop();
    },
  };
}

function createLines(stream: TextStream, clock: () => number): ProgressView {
  let lastMs = Number.NEGATIVE_INFINITY;
  let last: string | null = null;
  let unwritten: string | null = null;
  const write = (line: string) => {
    if (line !== last) stream.write(`${line}\n`);
    last = line;
    unwritten = null;
  };
  return {
    show(job) {
      unwritten = progressLine(job);
      if (clock() - lastMs < plainIntervalMs) return;
      lastMs = clock();
      write(unwritten);
    },
    event(event) {
      if (!quietEvents.has(event.type)) stream.write(`${event.message}\n`);
    },
    note: (text) => void stream.write(`${text}\n`),
    close() {
      if (unwritten !== null) write(unwritten);
    },
  };
}
