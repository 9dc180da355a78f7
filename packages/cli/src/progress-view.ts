import type { Job, JobEvent } from '@descent/contracts';
import { MultiBar, Presets } from 'cli-progress';
import type { TextStream } from './context.ts';
import { progressLine, sparkline } from './format.ts';

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
  const losses = createTrail();
  return {
    show(job) {
      if (job.latest?.loss !== undefined) losses.push(job.progress.step, job.latest.loss);
      bar.setTotal(Math.max(1, job.progress.steps));
      const course = sparkline(losses.values(), sparklineWidth);
      bar.update(job.progress.step, { line: `${course}${course && '  '}${progressLine(job)}` });
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

const sparklineWidth = 16;
const longestTrail = 1_024;

/** The course of a value over the steps that were seen; of a long run points an equal number of steps apart. */
export function createTrail() {
  let kept: { readonly step: number; readonly value: number }[] = [];
  let apart = 0;
  return {
    push(step: number, value: number): void {
      // A restart from a checkpoint goes over steps again.
      while ((kept.at(-1)?.step ?? -1) >= step) kept.pop();
      // Until it is far enough from the one before, the newest point moves on.
      if (step - (kept.at(-2)?.step ?? Number.NEGATIVE_INFINITY) < apart) kept.pop();
      kept.push({ step, value });
      if (kept.length <= longestTrail) return;
      kept = kept.filter((_, index) => index % 2 === 0);
      apart = (step - (kept[0]?.step ?? 0)) / kept.length;
    },
    values: () => kept.map(({ value }) => value),
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
