// How long a team waits for its first gradient while one job of another team has both workers: `npm run first-gradient`. Real
// processes, `--runs N`. Measured from the submission to the report of the first applied step; asked for: at most 2 s.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { exampleJob, openStack } from './stack.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const limitSeconds = 2;
const { call, newTeam, close } = await openStack(2);

try {
  const untilStep = async (bearer, id) => {
    for (;;) {
      const job = await call(bearer, 'GET', `/jobs/${id}`);
      if (job.progress.step > 0) return job;
      if (job.state === 'failed') throw new Error(job.reason);
      await pause(20);
    }
  };

  const busy = await newTeam('busy');
  const { id: long } = await call(busy, 'POST', '/jobs', await exampleJob('mnist-mlp', { epochs: 1000 }));
  await untilStep(busy, long);
  await pause(3000);
  const seconds = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const newcomer = await newTeam(`newcomer ${run}`);
    const job = await exampleJob('penguins', { epochs: 1 });
    const start = performance.now();
    const { id } = await call(newcomer, 'POST', '/jobs', job);
    await untilStep(newcomer, id);
    seconds.push(Math.round(performance.now() - start) / 1000);
    await pause(1500);
  }
  const largest = Math.max(...seconds);
  console.log(JSON.stringify({ workers: 2, seconds, largest }));
  process.exitCode = largest <= limitSeconds ? 0 : 1;
} finally {
  await close();
}
