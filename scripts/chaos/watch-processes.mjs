import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Caches, compiled code and buffers of a young process grow: its first steps say nothing. */
const warmUpSteps = 2_000;
/** Fewer steps after that show how the collector breathes, not what stays. */
const fewestSteps = 3_000;
/** The least of so many steps is what a process holds; the rest is garbage of the moment. */
const windowSteps = 500;

/** Memory and handles of every process by step, for as long as the process lives. `rows` are `{ name, pid }`. */
export function watchProcesses(rows, step) {
  const series = new Map();
  const look = () => {
    for (const { name, pid } of rows()) {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        const mb = (field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
        const handles = readdirSync(`/proc/${pid}/fd`).length;
        const key = `${name} ${pid}`;
        const points = series.get(key) ?? [];
        points.push({ step: step(), memory: mb('VmRSS'), anonymous: mb('RssAnon'), handles });
        series.set(key, points);
      } catch {
        // It has just ended.
      }
    }
  };
  const timer = setInterval(look, 1_000);
  return {
    stop() {
      clearInterval(timer);
      return summarize(series);
    },
    write: (file) => writeFileSync(file, JSON.stringify(Object.fromEntries(series))),
  };
}

/** Of every process that lived long enough, the one that grows most first; slopes are per 1,000 steps. */
export function summarize(series) {
  const round = (value) => Math.round(value * 1_000) / 1_000;
  const processes = [...series]
    .flatMap(([process, points]) => {
      const from = (points[0]?.step ?? 0) + warmUpSteps;
      const settled = points.filter(({ step }) => step >= from);
      const steps = (settled.at(-1)?.step ?? 0) - (settled[0]?.step ?? 0);
      if (steps < fewestSteps) return [];
      return [
        {
          process,
          steps,
          memoryMb: round(settled.at(-1).memory),
          memorySlopeMb: round(slope(lowest(settled, 'memory'), 'memory')),
          handleSlope: round(slope(lowest(settled, 'handles'), 'handles')),
        },
      ];
    })
    .sort((one, other) => other.memorySlopeMb - one.memorySlopeMb);
  const most = (what) => Math.max(0, ...processes.map((one) => one[what]));
  return {
    memorySlopeMb: most('memorySlopeMb'),
    handleSlope: most('handleSlope'),
    processesMeasured: processes.length,
    processes,
  };
}

/** The lowest point of every window. */
function lowest(points, what) {
  const windows = new Map();
  for (const point of points) {
    const window = Math.floor(point.step / windowSteps);
    const least = windows.get(window);
    if (least === undefined || point[what] < least[what]) windows.set(window, point);
  }
  return [...windows.values()];
}

/** Least squares, per 1,000 steps. */
function slope(points, what) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const steps = mean(points.map(({ step }) => step));
  const level = mean(points.map((point) => point[what]));
  let above = 0;
  let below = 0;
  for (const point of points) {
    above += (point.step - steps) * (point[what] - level);
    below += (point.step - steps) ** 2;
  }
  return below === 0 ? 0 : (1_000 * above) / below;
}
