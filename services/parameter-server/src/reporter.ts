import type {
  NewJobEvent,
  NewMetricPoint,
  Outcome,
  QuarantinedWorker,
  Report,
  ReportAnswer,
} from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import type { GradientOrders } from './gradient-jobs.ts';
import type { Truth } from './truth.ts';

/** A report takes some 7 ms of processor time, most of it in the api: decision 1. */
const usualIntervalMs = 500;

export interface ReporterOptions {
  readonly truth: Truth;
  readonly jobId: string;
  readonly incarnation: number;
  /** Default 500. */
  readonly intervalMs?: number | undefined;
  /** Read at each report; the last one carries the outcome. */
  current(isLast: boolean): Pick<Report, 'progress' | 'numericsClass' | 'timing' | 'trace' | 'demand'>;
  /** What the users want, after each delivered report. */
  onWanted(wanted: ReportAnswer['wanted']): void;
  /** Where the job's gradient jobs go on the queue, after each delivered report. */
  onOrders?(orders: GradientOrders): void;
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
  quarantined(worker: QuarantinedWorker): void;
  /** Resolves when the api has all that was said before the call, or the job is fenced off. Asks for it at once. */
  delivered(): Promise<void>;
  /** Sends the outcome after everything else; resolves once the api has it, or the job is fenced off. */
  finish(outcome: Outcome): Promise<void>;
  /** Stops without a last report. */
  abandon(): void;
}

export function createReporter(options: ReporterOptions): Reporter {
  const { truth, jobId, incarnation, intervalMs = usualIntervalMs } = options;
  let points: NewMetricPoint[] = [];
  let events: NewJobEvent[] = [];
  let quarantined: QuarantinedWorker[] = [];
  let outcome: Outcome | null = null;
  let unacknowledged: Report | undefined;
  let serial = 0;
  /** Each waits for the acknowledgement of a report that begins with this serial or a later one. */
  let awaited: { readonly from: number; resolve(): void }[] = [];
  let timer: NodeJS.Timeout | undefined;
  /** Something that is not in a report yet shall not wait for the interval; the first report never does. */
  let isUrgent = true;
  let hasPoint = false;
  let stopped = false;
  let delivered: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    delivered = resolve;
  });

  const stop = () => {
    stopped = true;
    clearTimeout(timer);
    for (const { resolve } of awaited.splice(0)) resolve();
    delivered();
  };

  const acknowledged = (report: Report) => {
    const met = awaited.filter(({ from }) => report.serial >= from);
    awaited = awaited.filter(({ from }) => report.serial < from);
    for (const { resolve } of met) resolve();
  };

  const send = async () => {
    if (unacknowledged === undefined) {
      unacknowledged = {
        incarnation,
        serial,
        ...options.current(outcome !== null),
        points,
        events,
        ...(quarantined.length === 0 ? {} : { quarantined }),
        outcome,
      };
      serial++;
      isUrgent = false;
      points = [];
      events = [];
      quarantined = [];
    }
    try {
      const { wanted, ...orders } = await truth.report(jobId, unacknowledged);
      const last = unacknowledged.outcome !== null;
      acknowledged(unacknowledged);
      unacknowledged = undefined;
      if (last) stop();
      else if (!stopped) {
        options.onOrders?.(orders);
        options.onWanted(wanted);
      }
    } catch (error) {
      if (!isDescentError(error) || error.entry.retryable) return;
      if (!stopped) options.onFenced();
      stop();
    }
  };

  const loop = async () => {
    await send();
    plan();
  };

  /** A failed report waits for the interval, whatever comes after it. */
  const plan = () => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(loop, isUrgent && unacknowledged === undefined ? 0 : intervalMs);
  };
  plan();

  const hurry = () => {
    isUrgent = true;
    // Else the next one is planned when this one is answered, or has been tried again.
    if (unacknowledged === undefined) plan();
  };

  return {
    point(point) {
      points.push(point);
      // A job that has just begun to learn is looked at.
      if (!hasPoint) hurry();
      hasPoint = true;
    },
    event: (type, message, data = {}) => events.push({ time: new Date().toISOString(), type, message, data }),
    quarantined: (worker) => quarantined.push(worker),
    delivered() {
      if (stopped || (unacknowledged === undefined && points.length === 0 && events.length === 0)) {
        return Promise.resolve();
      }
      // What was said since the last report began is in the next one.
      return new Promise((resolve) => {
        awaited.push({ from: serial, resolve });
        hurry();
      });
    },
    finish(last) {
      outcome = last;
      hurry();
      return finished;
    },
    abandon: stop,
  };
}
