import { type JobTiming, type JobTrace, type PhaseTimes, type Report, timePhases } from '@descent/contracts';
import type { StepTimes, TimesObserver, UnitTimes } from './step-times.ts';

/** Steps that the means are taken over. */
const meanSteps = 256;
/** Of a trace, whichever is reached first. */
const traceSteps = 64;
const traceUnits = 4096;

/** A trace is some hundred kilobytes: it is reported this often. */
const traceEveryMs = 5_000;

export interface StepBreakdownOptions {
  /** Monotonic milliseconds, of what is observed too. */
  clock(): number;
  /** Wall clock, milliseconds. */
  now?(): number;
  /** Hears the phases of every accepted result, once its step is applied, and how many micro-batches it was. */
  onPhases?: ((phases: PhaseTimes, microBatches: number) => void) | undefined;
}

/** Where the time of a training job's latest steps went. */
export interface StepBreakdown extends TimesObserver {
  /** Means over the latest steps; undefined before the first. */
  timing(): JobTiming | undefined;
  /** The latest steps, one by one; undefined before the first. */
  trace(): JobTrace | undefined;
  /** What the next report should carry: nothing where nothing is new. */
  news(isLast: boolean): Pick<Report, 'timing' | 'trace'>;
}

interface KeptStep {
  readonly times: StepTimes;
  readonly units: readonly UnitTimes[];
}

/** Of one step: sums over its micro-batches. */
interface StepSums {
  readonly phases: Readonly<Record<keyof PhaseTimes, number>>;
  readonly microBatches: number;
  readonly appliedAt: number;
}

/** The phases of each micro-batch of an accepted result. Those that were computed together have the same. */
export function phasesOf(unit: UnitTimes, step: StepTimes): PhaseTimes {
  const { openedAt, assignedAt, acceptedAt, count, work } = unit;
  const atWorker = work.wait + work.pull + work.data + work.compute + work.sum;
  return {
    queue: Math.max(0, assignedAt - openedAt) + work.wait,
    pull: work.pull,
    data: work.data / count,
    compute: work.compute / count,
    push: Math.max(0, acceptedAt - assignedAt - atWorker),
    wait: Math.max(0, step.completedAt - acceptedAt),
    reduce: work.sum + step.reduceMs,
    update: step.updateMs,
  };
}

export function createStepBreakdown(options: StepBreakdownOptions): StepBreakdown {
  const { clock, now = Date.now, onPhases } = options;
  let accepted: UnitTimes[] = [];
  let kept: KeptStep[] = [];
  let keptUnits = 0;
  let sums: StepSums[] = [];
  let isTimingNew = false;
  let isTraceNew = false;
  let tracedAt = Number.NEGATIVE_INFINITY;

  const breakdown: StepBreakdown = {
    unit(times) {
      if (times.kind === 'train') accepted.push(times);
    },
    step(times) {
      const units = accepted.filter(({ version }) => version === times.step);
      accepted = accepted.filter(({ version }) => version > times.step);
      isTimingNew = true;
      isTraceNew = true;
      sums.push(sumsOf(times, units, onPhases));
      // Cut in halves: shifting one off at each step would move all others.
      if (sums.length > 2 * meanSteps) sums = sums.slice(-meanSteps);
      kept.push({ times, units });
      keptUnits += units.length;
      while (kept.length > traceSteps || (keptUnits > traceUnits && kept.length > 1)) {
        keptUnits -= kept[0]!.units.length;
        kept = kept.slice(1);
      }
    },
    timing() {
      const latest = sums.slice(-meanSteps);
      const [first, last] = [latest[0], latest.at(-1)];
      if (first === undefined || last === undefined) return undefined;
      const microBatches = latest.reduce((total, step) => total + step.microBatches, 0);
      if (microBatches === 0) return undefined;
      const mean = (phase: keyof PhaseTimes) =>
        rounded(latest.reduce((total, { phases }) => total + phases[phase], 0) / microBatches);
      const { openedAt, appliedAt } = kept.at(-1)!.times;
      const stepMs =
        latest.length === 1 ? appliedAt - openedAt : (last.appliedAt - first.appliedAt) / (latest.length - 1);
      return {
        steps: latest.length,
        microBatches,
        stepMs: rounded(stepMs),
        phases: Object.fromEntries(timePhases.map((phase) => [phase, mean(phase)])) as PhaseTimes,
      };
    },
    trace() {
      const zero = kept[0]?.times.openedAt;
      if (zero === undefined) return undefined;
      const workers = [...new Set(kept.flatMap(({ units }) => units.map(({ worker }) => worker)))].sort();
      const indexOf = new Map(workers.map((worker, index) => [worker, index]));
      const since = (instant: number) => rounded(Math.max(0, instant - zero));
      return {
        startedAt: new Date(now() - (clock() - zero)).toISOString(),
        workers,
        steps: kept.map(({ times }) => ({
          step: times.step,
          openedAt: since(times.openedAt),
          completedAt: since(times.completedAt),
          appliedAt: since(times.appliedAt),
          reduceMs: rounded(times.reduceMs),
          updateMs: rounded(times.updateMs),
        })),
        units: kept.flatMap(({ units }) =>
          units.map(
            ({ version, first, count, worker, assignedAt, answeredAt, acceptedAt, handedOut, work }) => ({
              step: version,
              first,
              count,
              worker: indexOf.get(worker)!,
              ...(handedOut > 1 && { handedOut }),
              assignedAt: since(assignedAt),
              answeredAt: since(answeredAt),
              acceptedAt: since(acceptedAt),
              waitMs: rounded(work.wait),
              pullMs: rounded(work.pull),
              dataMs: rounded(work.data),
              computeMs: rounded(work.compute),
              sumMs: rounded(work.sum),
            }),
          ),
        ),
      };
    },
    news(isLast) {
      const timing = isTimingNew ? breakdown.timing() : undefined;
      const wantsTrace = isTraceNew && (isLast || clock() - tracedAt >= traceEveryMs);
      const trace = wantsTrace ? breakdown.trace() : undefined;
      isTimingNew = false;
      if (wantsTrace) {
        isTraceNew = false;
        tracedAt = clock();
      }
      return { ...(timing && { timing }), ...(trace && { trace }) };
    },
  };
  return breakdown;
}

function sumsOf(
  step: StepTimes,
  units: readonly UnitTimes[],
  onPhases: StepBreakdownOptions['onPhases'],
): StepSums {
  const phases = { queue: 0, pull: 0, data: 0, compute: 0, push: 0, wait: 0, reduce: 0, update: 0 };
  let microBatches = 0;
  for (const unit of units) {
    const times = phasesOf(unit, step);
    onPhases?.(times, unit.count);
    for (const phase of timePhases) phases[phase] += unit.count * times[phase];
    microBatches += unit.count;
  }
  return { phases, microBatches, appliedAt: step.appliedAt };
}

/** Microseconds are enough, and a third of the text. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
