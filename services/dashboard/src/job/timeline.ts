import type { ChromeTrace } from '@descent/client';

/** What the parts of a lane stand for, in the order of a micro-batch's life. */
export const timelinePhases = ['pull', 'data', 'compute', 'push', 'wait', 'reduce', 'update'] as const;
export type TimelinePhase = (typeof timelinePhases)[number];

export interface Span {
  readonly phase: TimelinePhase;
  readonly step: number;
  /** Micro-batches that were computed together, such as `0–3`; empty for the parameter server. */
  readonly microBatches: string;
  /** Milliseconds on the clock of the trace. */
  readonly begin: number;
  readonly end: number;
  /** The micro-batches were given to a worker before: after a loss, for a slow worker, or to compare. */
  readonly again: boolean;
  /** The step waited for this alone, for a good part of its time. */
  readonly late: boolean;
}

export interface Lane {
  readonly name: string;
  readonly spans: readonly Span[];
}

export interface Timeline {
  /** The parameter server, then each worker. */
  readonly lanes: readonly Lane[];
  readonly begin: number;
  readonly end: number;
}

export interface WorkerShare {
  readonly name: string;
  readonly microBatches: number;
  /** Mean milliseconds from taking a micro-batch to its gradient. */
  readonly meanMs: number;
  /** Part of the time in which it computed. */
  readonly busy: number;
  /** Steps that waited for this worker last. */
  readonly last: number;
  /** Micro-batches that it computed after another worker had them. */
  readonly again: number;
}

/** The latest steps of a trace, a lane for each who works on them. */
export function timelineOf({ traceEvents }: ChromeTrace, steps: number): Timeline {
  const names = new Map<number, string>();
  for (const { ph, tid, args } of traceEvents) if (ph === 'M') names.set(tid, String(args.name));
  const newest = Math.max(-1, ...traceEvents.map(({ args }) => Number(args.step ?? -1)));
  const lanes = new Map<string, Span[]>(
    [...names.values()].filter((name) => !name.endsWith(sending)).map((name) => [name, []]),
  );
  let begin = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { ph, tid, name, ts = 0, dur = 0, args } of traceEvents) {
    const step = Number(args.step);
    if (ph !== 'X' || step <= newest - steps) continue;
    const phase = timelinePhases.find((known) => known === name);
    // What a worker sends has a row of its own in the trace; here it follows the computing.
    const lane = lanes.get((names.get(tid) ?? '').replace(sending, ''));
    if (phase === undefined || lane === undefined) continue;
    const span = {
      phase,
      step,
      microBatches: String(args.microBatches ?? ''),
      begin: ts / 1000,
      end: (ts + dur) / 1000,
      again: Number(args.handedOut ?? 1) > 1,
      late: false,
    };
    lane.push(span);
    begin = Math.min(begin, span.begin);
    end = Math.max(end, span.end);
  }
  return {
    lanes: withStragglers(
      [...lanes].map(([name, spans]) => ({ name, spans: spans.toSorted((a, b) => a.begin - b.begin) })),
    ),
    begin: begin <= end ? begin : 0,
    end: begin <= end ? end : 0,
  };
}

/** A step that waits so much of its time for one worker alone has a straggler. */
const lateShare = 0.2;

/** Marks what the worker that came last computed, in steps in which all others had come well before. */
function withStragglers(lanes: readonly Lane[]): readonly Lane[] {
  const pushes = lanes.flatMap(({ name, spans }) =>
    spans.filter(({ phase }) => phase === 'push').map(({ step, begin, end }) => ({ name, step, begin, end })),
  );
  const late = new Map<number, string>();
  for (const step of new Set(pushes.map((push) => push.step))) {
    const own = pushes.filter((push) => push.step === step).toSorted((a, b) => b.end - a.end);
    const [last] = own;
    const other = own.find(({ name }) => name !== last?.name);
    if (last === undefined || other === undefined) continue;
    const opened = Math.min(
      ...lanes.flatMap(({ spans }) => spans.filter((span) => span.step === step).map(({ begin }) => begin)),
    );
    if (last.end - other.end > lateShare * (last.end - opened)) late.set(step, last.name);
  }
  return lanes.map(({ name, spans }) => ({
    name,
    spans: spans.map((span) =>
      span.phase === 'compute' && late.get(span.step) === name ? { ...span, late: true } : span,
    ),
  }));
}

const sending = ', sending';

/** Who computed what. The first lane is the parameter server's. */
export function sharesOf({ lanes, begin, end }: Timeline): readonly WorkerShare[] {
  const workers = lanes.slice(1);
  const lastOf = new Map<number, { readonly name: string; readonly end: number }>();
  for (const { name, spans } of workers) {
    for (const { phase, step, end: at } of spans) {
      if (phase === 'push' && at > (lastOf.get(step)?.end ?? Number.NEGATIVE_INFINITY)) {
        lastOf.set(step, { name, end: at });
      }
    }
  }
  return workers.map(({ name, spans }) => {
    const computed = spans.filter(({ phase }) => phase === 'compute');
    const microBatches = computed.reduce((sum, span) => sum + countOf(span.microBatches), 0);
    const computeMs = computed.reduce((sum, span) => sum + span.end - span.begin, 0);
    return {
      name,
      microBatches,
      meanMs: microBatches > 0 ? computeMs / microBatches : 0,
      busy: end > begin ? computeMs / (end - begin) : 0,
      last: [...lastOf.values()].filter((last) => last.name === name).length,
      again: computed.filter((span) => span.again).reduce((sum, span) => sum + countOf(span.microBatches), 0),
    };
  });
}

/** `7` → 1, `0–3` → 4 */
function countOf(microBatches: string): number {
  const [first = 0, last = first] = microBatches.split('–').map(Number);
  return last - first + 1;
}
