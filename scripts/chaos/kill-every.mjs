import { setTimeout as delay } from 'node:timers/promises';
import { createRandom, startStack } from '@descent/testkit';
import { chaosJob } from './jobs.mjs';

/** Longest wall time for the same steps, as a multiple of the fault-free one, for the capacity that is left. */
const mostWall = 1.15;
const warmUpMs = 15_000;
const endless = 3_600_000;

/**
 * One worker is killed every so often for some minutes, between two stretches without faults. What counts is the time per step
 * under faults ÷ that without, times the share of the workers that was there: a worker that is started anew computes nothing.
 */
export async function createKillEvery({ seed, minutes, workers, everyMs, tell }) {
  const random = createRandom(seed);
  const stack = await startStack({ workers });
  const problems = [];
  const stretches = [];
  let kills = 0;
  try {
    const { client } = stack;
    const { id } = await client.jobs.create(chaosJob({ soakSteps: endless }));
    const stepOf = async () => (await client.jobs.get(id)).progress.step;

    /** Steps per second, and the mean share of the workers that were there. */
    const stretch = async (ms, killsToo) => {
      const from = { step: await stepOf(), at: performance.now() };
      const end = from.at + ms;
      let looks = 0;
      let present = 0;
      let killAt = killsToo ? from.at + everyMs : Number.POSITIVE_INFINITY;
      while (performance.now() < end) {
        const rows = stack.processes().filter(({ name }) => name.startsWith('worker'));
        const live = rows.filter(({ phase, pid }) => phase === 'running' && pid !== null);
        looks++;
        present += live.length / workers;
        if (performance.now() >= killAt && live.length > 0) {
          killAt += everyMs;
          kills++;
          stack.kill(random.pick(live).name);
        }
        await delay(50);
      }
      const seconds = (performance.now() - from.at) / 1000;
      const stepsPerSecond = ((await stepOf()) - from.step) / seconds;
      const capacity = present / looks;
      tell(
        `${killsToo ? 'under kills' : 'undisturbed'}: ${stepsPerSecond.toFixed(1)} steps/s, ${(100 * capacity).toFixed(1)} % of the workers`,
      );
      stretches.push({ stepsPerSecond, capacity, killsToo });
    };

    while ((await stepOf()) === 0) await delay(100);
    await delay(warmUpMs);
    // In turns, so that what else the machine does weighs on both.
    const turns = Math.max(1, Math.round(minutes / 1.25));
    for (let turn = 0; turn < turns; turn++) {
      await stretch(15_000, false);
      await stretch((minutes * 60_000) / turns, true);
    }
    await stretch(15_000, false);
    await client.jobs.cancel(id);
    await client.jobs.waitUntilEnded(id);
  } catch (error) {
    problems.push(error.stack ?? String(error));
  } finally {
    await stack.stop().catch((error) => problems.push(error.message));
  }

  const mean = (killsToo, what) => {
    const values = stretches.filter((one) => one.killsToo === killsToo).map((one) => one[what]);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const capacity = mean(true, 'capacity') / mean(false, 'capacity');
  const wall = mean(false, 'stepsPerSecond') / mean(true, 'stepsPerSecond');
  const wallRatio = Math.round(1_000 * wall * capacity) / 1_000;
  if (!(wallRatio <= mostWall))
    problems.push(`${wallRatio} times the wall time, for the capacity that was left`);
  for (const text of problems) tell(`NOT AS PROMISED: ${text}`);
  return {
    ok: problems.length === 0,
    seed,
    kills,
    capacity: Math.round(1_000 * capacity) / 1_000,
    wallRatio,
  };
}
