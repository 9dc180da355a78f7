// npm run chaos -- --minutes M --seed S: the whole service as real processes, real training jobs, and random faults until
// the time is over. Ends with one JSON line, and with a non-zero exit code when anything was not as promised.
//
//   --minutes M   how long faults go on (default 2)
//   --seed S      which faults, and when (default: drawn, and said)
//   --workers N   default 2
//   --only a,b    these kinds of faults alone (--list says which there are); none: no faults at all
//   --large       a model of 40 MB instead of a small one, for recovery times
//   --soak N      (npm run soak: 20,000) a job of N steps with a fault every 5 to 30 s, and the slopes of memory and handles
//   --series FILE   where a soak writes what it measured of each process, second by second
//   --kill-every S  one worker is killed every S seconds, and nothing else: what that costs in wall time
import { parseArgs } from 'node:util';
import { faultKinds } from './chaos/faults.mjs';
import { setUp } from './setup.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string' },
    workers: { type: 'string', default: '2' },
    only: { type: 'string' },
    large: { type: 'boolean', default: false },
    soak: { type: 'string' },
    series: { type: 'string' },
    'kill-every': { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help || values.list) {
  console.log(
    values.list
      ? faultKinds.join('\n')
      : 'npm run chaos -- [--minutes M] [--seed S] [--workers N] [--only KIND,…] [--large] [--soak STEPS [--series FILE]] [--kill-every SECONDS] [--list]',
  );
  process.exit(0);
}
const only = values.only === 'none' ? [] : (values.only?.split(',') ?? faultKinds);
const unknown = only.filter((kind) => !faultKinds.includes(kind));
if (unknown.length > 0) {
  console.error(`There is no fault ${unknown.join(', ')}; --list says which there are.`);
  process.exit(2);
}
setUp();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const common = {
  seed,
  minutes: Number(values.minutes),
  workers: Number(values.workers),
  tell: (text) => console.error(text),
};
const everySeconds = Number(values['kill-every'] ?? 0);
const result =
  everySeconds > 0
    ? await (await import('./chaos/kill-every.mjs')).createKillEvery({
        ...common,
        everyMs: 1000 * everySeconds,
      })
    : await (await import('./chaos/create-chaos.mjs')).createChaos({
        ...common,
        kinds: only,
        large: values.large,
        seriesFile: values.series,
        soakSteps: values.soak === undefined ? undefined : Number(values.soak),
      });
console.log(JSON.stringify(result));
process.exit(result.ok ? 0 : 1);
