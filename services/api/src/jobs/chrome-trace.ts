import type { ChromeTrace, JobTrace } from '@descent/contracts';

type TraceEvent = ChromeTrace['traceEvents'][number];

const pid = 1;
const serverRow = 0;
/** Two rows for each worker: while it sends one gradient it computes the next. */
const computeRow = (worker: number) => 1 + 2 * worker;
const sendRow = (worker: number) => 2 + 2 * worker;

/**
 * A job's latest steps in Chrome's trace event format. Instants are the server's; of its own work a worker tells
 * durations only, which are laid one after the other from the assignment on.
 */
export function chromeTrace(
  job: { readonly jobId: string; readonly name: string },
  trace: JobTrace | null,
): ChromeTrace {
  return {
    displayTimeUnit: 'ms',
    otherData: { job: job.jobId, name: job.name, startedAt: trace?.startedAt ?? null },
    traceEvents: trace === null ? [] : [...namesOf(trace), ...stepsOf(trace), ...unitsOf(trace)],
  };
}

function namesOf({ workers }: JobTrace): TraceEvent[] {
  const named = (tid: number, name: string): TraceEvent => ({
    name: 'thread_name',
    ph: 'M',
    pid,
    tid,
    args: { name },
  });
  return [
    named(serverRow, 'parameter server'),
    ...workers.flatMap((name, worker) => [
      named(computeRow(worker), name),
      named(sendRow(worker), `${name}, sending`),
    ]),
  ];
}

function stepsOf({ steps }: JobTrace): TraceEvent[] {
  return steps.flatMap(({ step, openedAt, completedAt, appliedAt, reduceMs, updateMs }) => {
    // Both come in turns of one pass over the parameters: only their sums are known.
    const begin = Math.max(completedAt, appliedAt - reduceMs - updateMs);
    return [
      event('wait', serverRow, openedAt, completedAt - openedAt, { step }),
      event('reduce', serverRow, begin, reduceMs, { step }),
      event('update', serverRow, begin + reduceMs, updateMs, { step }),
    ];
  });
}

function unitsOf({ units, workers }: JobTrace): TraceEvent[] {
  const freeAt = workers.map(() => 0);
  return units
    .toSorted((a, b) => a.answeredAt - b.answeredAt)
    .flatMap((unit) => {
      const { step, first, count, worker, assignedAt, answeredAt, acceptedAt } = unit;
      const args = {
        step,
        microBatches: count === 1 ? `${first}` : `${first}–${first + count - 1}`,
        ...(unit.handedOut !== undefined && { handedOut: unit.handedOut }),
      };
      let at = Math.max(assignedAt + unit.waitMs, freeAt[worker] ?? 0);
      const parts = [
        ['pull', unit.pullMs],
        ['data', unit.dataMs],
        ['compute', unit.computeMs],
        ['reduce', unit.sumMs],
      ] as const;
      const events = parts.map(([name, lastsMs]) => {
        const begin = at;
        at += lastsMs;
        return event(name, computeRow(worker), begin, lastsMs, args);
      });
      freeAt[worker] = at;
      const sentAt = Math.min(at, answeredAt);
      return [...events, event('push', sendRow(worker), sentAt, acceptedAt - sentAt, args)];
    })
    .filter(({ dur }) => dur !== 0);
}

function event(name: string, tid: number, atMs: number, lastsMs: number, args: object): TraceEvent {
  const dur = Math.max(0, Math.round(lastsMs * 1000));
  return { name, ph: 'X', pid, tid, ts: Math.round(atMs * 1000), dur, cat: 'step', args: { ...args } };
}
