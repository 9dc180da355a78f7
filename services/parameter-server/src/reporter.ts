import type {
  NewJobEvent,
  NewMetricPoint,
  Outcome,
  Progress,
  Report,
  ReportAnswer,
} from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import type { Truth } from './truth.ts';

export interface ReporterOptions {
  readonly truth: Truth;
  readonly jobId: string;
  readonly incarnation: number;
  readonly intervalMs: number;
  /** Read at each report. */
  current(): { progress: Progress; numericsClass: string | null };
  /** What the users want, after each delivered report. */
  onWanted(wanted: ReportAnswer['wanted']): void;
  /** Another server owns the job: this one must leave it. */
  onFenced(): void;
}

/**
 * Delivers what happens to a training job to the api, in order and without loss: what the api has not acknowledged is
 * sent again with the same serial, and later news wait for it.
 */
export interface Reporter {
  point(point: NewMetricPoint): void;
  event(type: NewJobEvent['type'], message: string, data?: Record<string, unknown>): void;
  /** Sends the outcome after everything else; resolves once the api has it, or the job is fenced off. */
  finish(outcome: Outcome): Promise<void>;
  /** Stops without a last report. */
  abandon(): void;
}

export function createReporter(options: ReporterOptions): Reporter {
  const { truth, jobId, incarnation, intervalMs } = options;
  let points: NewMetricPoint[] = [];
  let events: NewJobEvent[] = [];
  let outcome: Outcome | null = null;
  let unacknowledged: Report | undefined;
  let serial = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let delivered: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    delivered = resolve;
  });

  const stop = () => {
    stopped = true;
    clearTimeout(timer);
    delivered();
  };

  const send = async () => {
    if (unacknowledged === undefined) {
      unacknowledged = { incarnation, serial, ...options.current(), points, events, outcome };
      serial++;
      points = [];
      events = [];
    }
    try {
      const { wanted } = await truth.report(jobId, unacknowledged);
      const last = unacknowledged.outcome !== null;
      unacknowledged = undefined;
      if (last) stop();
      else if (!stopped) options.onWanted(wanted);
    } catch (error) {
      if (!isDescentError(error) || error.entry.retryable) return;
      if (!stopped) options.onFenced();
      stop();
    }
  };

  const loop = async () => {
    await send();
    if (stopped) return;
    // The outcome follows at once; a failed report waits for the interval like any other.
    const pause = outcome !== null && unacknowledged === undefined ? 0 : intervalMs;
    timer = setTimeout(loop, pause);
  };
  timer = setTimeout(loop, 0);

  return {
    point: (point) => points.push(point),
    event: (type, message, data = {}) => events.push({ time: new Date().toISOString(), type, message, data }),
    finish(last) {
      outcome = last;
      return finished;
    },
    abandon: stop,
  };
}
