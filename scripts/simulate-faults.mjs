// npm run simulate:faults -- --seeds N: schedules of faults against the real state machines in virtual time, on as many
// cores as there are. Ends with one JSON line, and with a non-zero exit code when a seed found something.
//
//   --seeds N   how many, from 0 on (default 2,000)
//   --seed S    this one alone, with all that happens in it
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { simulate } from '../test/simulation/faults/simulate.ts';

if (process.send === undefined) await main();
else process.once('message', work);

async function work({ from, to, step }) {
  const share = { seeds: 0, events: 0, incarnations: 0, faults: {}, failing: [] };
  for (let seed = from; seed < to; seed += step) {
    const { problems, events, incarnations, scenario } = await simulate(seed);
    share.seeds++;
    share.events += events;
    share.incarnations += incarnations;
    for (const { kind } of scenario.faults) share.faults[kind] = (share.faults[kind] ?? 0) + 1;
    if (problems.length > 0) share.failing.push({ seed, problems });
  }
  process.send(share, () => process.disconnect());
}

async function main() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '2000' },
      seed: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log('npm run simulate:faults -- [--seeds N] [--seed S]');
    return;
  }
  if (values.seed !== undefined) {
    const verdict = await simulate(Number(values.seed), { tell: (line) => console.error(line) });
    console.log(JSON.stringify(verdict));
    process.exit(verdict.problems.length === 0 ? 0 : 1);
  }
  const begun = performance.now();
  const seeds = Number(values.seeds);
  const cores = Math.min(availableParallelism(), seeds);
  const shares = await Promise.all(
    Array.from({ length: cores }, (_, from) => {
      const child = fork(fileURLToPath(import.meta.url), { execArgv: process.execArgv });
      child.send({ from, to: seeds, step: cores });
      return new Promise((resolve, reject) => {
        child.once('message', resolve);
        child.once('exit', (code) => reject(new Error(`a process ended with exit code ${code}`)));
      });
    }),
  );
  const faults = {};
  for (const share of shares)
    for (const [kind, count] of Object.entries(share.faults)) faults[kind] = (faults[kind] ?? 0) + count;
  const sum = (what) => shares.reduce((total, share) => total + share[what], 0);
  const failing = shares.flatMap((share) => share.failing).sort((a, b) => a.seed - b.seed);
  for (const { seed, problems } of failing.slice(0, 20))
    console.error(`seed ${seed}: ${problems.join('; ')}`);
  const result = {
    ok: failing.length === 0,
    seeds: sum('seeds'),
    failing: failing.map(({ seed }) => seed),
    faults,
    events: sum('events'),
    incarnations: sum('incarnations'),
    seconds: Math.round((performance.now() - begun) / 100) / 10,
  };
  console.log(JSON.stringify(result));
  process.exit(result.ok ? 0 : 1);
}
