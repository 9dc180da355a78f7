/** Length of the window that the speed is measured over. */
const windowMs = 3_000;
/** Marks closer than this are merged: ten a second are enough, however short the steps are. */
const markMs = 100;

/** Speed over a sliding window. */
export interface ProgressMeter {
  /** One step of so many samples was applied. */
  applied(samples: number, nowMs: number): void;
  read(nowMs: number): { readonly samplesPerSecond: number; readonly stepsPerSecond: number };
}

export function createProgressMeter(): ProgressMeter {
  let marks: { readonly time: number; samples: number; steps: number }[] = [];

  return {
    applied(samples, nowMs) {
      const last = marks.at(-1);
      if (last !== undefined && nowMs - last.time < markMs) {
        last.samples += samples;
        last.steps++;
      } else {
        marks.push({ time: nowMs, samples, steps: 1 });
      }
    },
    read(nowMs) {
      marks = marks.filter((mark) => nowMs - mark.time < windowMs);
      // The first mark opens the window: what it counts was computed before it.
      const [first, ...later] = marks;
      if (first === undefined || later.length === 0) return { samplesPerSecond: 0, stepsPerSecond: 0 };
      const seconds = (nowMs - first.time) / 1000;
      const total = (pick: (mark: (typeof marks)[number]) => number) =>
        later.reduce((sum, mark) => sum + pick(mark), 0) / seconds;
      return { samplesPerSecond: total((mark) => mark.samples), stepsPerSecond: total((mark) => mark.steps) };
    },
  };
}
