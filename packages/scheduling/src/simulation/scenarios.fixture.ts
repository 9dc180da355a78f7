import { forecast } from '../forecast.ts';
import { defaultSettings } from '../settings.ts';
import { type SimulatedJob, simulate } from './cluster.fixture.ts';
import { createRandom } from './event-queue.fixture.ts';

/** 10 teams, weights 1 to 5 twice, each with more work than there are workers. */
export function measureShares(seconds: number, workers = 8) {
  const teams = new Map(Array.from({ length: 10 }, (_, index) => [`team${index}`, 1 + (index % 5)]));
  const result = simulate({
    seed: 1,
    teams,
    workers,
    places: 16,
    jobs: [...teams.keys()].map((team) => jobOf(team, 0, 1e6, workers)),
    untilMs: seconds * 1000,
  });
  const weights = [...teams.values()].reduce((total, weight) => total + weight, 0);
  const errors = [...teams].map(([team, weight]) => {
    const due = (result.busyWorkerSeconds * weight) / weights;
    return Math.abs(result.workerSeconds.get(team)! - due) / due;
  });
  return {
    teams: teams.size,
    workers,
    seconds,
    utilisation: result.busyWorkerSeconds / (workers * seconds),
    largestShareError: Math.max(...errors),
  };
}

/** From submit to the first gradient, for a team that comes while another one's job has both workers. */
export function measureNewcomer(seeds: number) {
  const seconds = firstGradients(seeds, [jobOf('busy', 0, 1e6, 2)], 2);
  return { workers: 2, runs: seeds, ...spreadOf(seconds) };
}

/** The same with 1,000 jobs of the other team instead of one: what they cost the newcomer. */
export function measureFlood(seeds: number, queued = 1000) {
  const flood = Array.from({ length: queued }, (_, index) => jobOf('busy', 0, 600, 2, `busy${index}`));
  const alone = spreadOf(firstGradients(seeds, [jobOf('busy', 0, 1e6, 2)], 4));
  const flooded = spreadOf(firstGradients(seeds, flood, 4));
  return {
    queued,
    runs: seeds,
    meanSeconds: flooded.meanSeconds,
    meanSecondsWithOneJob: alone.meanSeconds,
    delay: flooded.meanSeconds / alone.meanSeconds - 1,
  };
}

/** What a team gets in the first seconds after it stayed away for five minutes, when it is due half of the workers. */
export function measureReturn(seconds = 30) {
  const backMs = 300_000;
  const workers = 4;
  const used = (untilMs: number) =>
    simulate({
      seed: 1,
      teams: new Map([
        ['stayed', 1],
        ['returned', 1],
      ]),
      workers,
      places: 4,
      jobs: [
        jobOf('stayed', 0, 1e6, workers),
        jobOf('returned', 0, 20, workers),
        jobOf('returned', backMs, 1e6, workers, 'again'),
      ],
      untilMs,
    }).workerSeconds.get('returned')!;
  return {
    seconds,
    due: (workers * seconds) / 2,
    workerSeconds: used(backMs + seconds * 1000) - used(backMs),
    credit: defaultSettings.creditSeconds,
  };
}

function firstGradients(seeds: number, busy: readonly SimulatedJob[], places: number): number[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const submitMs = 10_000 + Math.round(createRandom(seed)() * 1000);
    const { firstGradientMs } = simulate({
      seed,
      teams: new Map([
        ['busy', 1],
        ['new', 1],
      ]),
      workers: 2,
      places,
      jobs: [...busy, jobOf('new', submitMs, 100, 2)],
      untilMs: submitMs + 10_000,
    });
    return (firstGradientMs.get('new')! - submitMs) / 1000;
  });
}

/**
 * The evening before a deadline: in five minutes 10 teams submit three times what can be computed meanwhile. Every 15 s
 * everybody looks at the estimates of all waiting jobs. An estimate cannot know of jobs that come after it, so those of
 * the first look at each job are counted apart.
 */
export function measureEstimates(seeds: number, count = 60) {
  const errors: number[] = [];
  const firstErrors: number[] = [];
  const lookMs = Array.from({ length: 240 }, (_, index) => 5000 + index * 15_000);
  for (let seed = 0; seed < seeds; seed++) {
    const random = createRandom(1000 + seed);
    const teams = new Map(Array.from({ length: 10 }, (_, index) => [`team${index}`, 1 + (index % 5)]));
    const jobs = Array.from({ length: count }, (_, index) =>
      jobOf(
        `team${Math.floor(random() * teams.size)}`,
        Math.round(random() * 300_000),
        40 + Math.floor(random() * 160),
        1 + Math.floor(random() * 4),
        `job${String(index).padStart(3, '0')}`,
      ),
    );
    const looks: { readonly job: string; readonly nowMs: number; readonly startMs: number | null }[] = [];
    const { startedMs } = simulate({
      seed,
      teams,
      workers: 8,
      places: 6,
      jobs,
      untilMs: 7_200_000,
      lookMs,
      onLook: (view, ledger) => {
        const foreseen = forecast(view, ledger, defaultSettings);
        for (const { id, state } of view.jobs) {
          if (state === 'waiting')
            looks.push({ job: id, nowMs: view.nowMs, startMs: foreseen.get(id)!.startMs });
        }
      },
    });
    const seen = new Set<string>();
    for (const { job, nowMs, startMs } of looks) {
      const actualMs = startedMs.get(job)!;
      const error =
        startMs === null ? Number.POSITIVE_INFINITY : Math.abs(startMs - actualMs) / (actualMs - nowMs);
      errors.push(error);
      if (!seen.has(job)) firstErrors.push(error);
      seen.add(job);
    }
  }
  return {
    runs: seeds,
    estimates: errors.length,
    within30Percent: partWithin(errors, 0.3),
    jobsThatWaited: firstErrors.length,
    firstWithin30Percent: partWithin(firstErrors, 0.3),
  };
}

function partWithin(errors: readonly number[], limit: number): number {
  return errors.filter((error) => error <= limit).length / errors.length;
}

function jobOf(
  team: string,
  submitMs: number,
  gradientJobs: number,
  maxWorkers: number,
  id = team,
): SimulatedJob {
  return { id, team, submitMs, gradientJobs, maxWorkers };
}

function spreadOf(seconds: readonly number[]) {
  const sorted = [...seconds].sort((a, b) => a - b);
  return {
    meanSeconds: sorted.reduce((total, value) => total + value, 0) / sorted.length,
    largestSeconds: sorted.at(-1)!,
  };
}
