// What one team can do to another: `npm run abuse`. Team A sends requests from one token (aimed at `--rate` a second, one of ten a
// submission) and opens `--streams` event streams; team B asks for its job twenty times a second and trains. Asked for: B keeps 0.9
// of its share of the workers, and its p99 is at most twice that of a quiet server.
//
// Everything runs on this machine, the attacker too, so B is measured three times: alone; with the attacker sending as much to a
// server of its own that answers at once (`control`: what its use of the processor does); and with the attacker at the api.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { exampleJob, openStack } from './stack.mjs';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '10000' },
    streams: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '20' },
  },
});
const [rate, streams, seconds] = [Number(values.rate), Number(values.streams), Number(values.seconds)];
const limits = { p99Ratio: 2, shareOfB: 0.9 };
const round = (number, digits) => Number(number.toFixed(digits));
const { url, token, call, newTeam, close } = await openStack(2);

/** B asks for its job twenty times a second, whether or not it has been answered. Milliseconds. */
async function latencies(secret, id) {
  const times = [];
  const asks = [];
  const startMs = performance.now();
  for (let ask = 0; ask < seconds * 20; ask++) {
    await pause(Math.max(0, startMs + ask * 50 - performance.now()));
    const sentMs = performance.now();
    const asked = call(secret, 'GET', `/jobs/${id}`);
    // Without an answer (connection refused, 429) it took for ever.
    asks.push(asked.then(() => times.push(performance.now() - sentMs)).catch(() => times.push(Infinity)));
  }
  await Promise.all(asks);
  times.sort((one, other) => one - other);
  const at = (part) => round(times[Math.floor((times.length - 1) * part)], 1);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Attacks while `work` goes on. */
async function attacked(target, work) {
  const attacker = fork(new URL('abuse/attacker.mjs', import.meta.url));
  // It computes on machines of its own in truth, and takes no processor from those that it attacks.
  setPriority(attacker.pid, 19);
  attacker.send({ rate, streams, ...target });
  await once(attacker, 'message');
  await pause(1000);
  const result = await work();
  attacker.send('stop');
  const [load] = await once(attacker, 'message');
  await once(attacker, 'exit');
  return { result, load };
}

try {
  const [a, b] = [await newTeam('a'), await newTeam('b')];
  const job = await exampleJob('mnist-mlp', { epochs: 1000 });
  const ofA = await call(a, 'POST', '/jobs', job);
  const ofB = await call(b, 'POST', '/jobs', job);
  while ((await call(b, 'GET', `/jobs/${ofB.id}`)).progress.step === 0) await pause(100);
  const used = async () => {
    const { usage } = await call(token, 'GET', '/usage');
    const of = (id) => usage.find((entry) => entry.job === id)?.workerSeconds ?? 0;
    return { a: of(ofA.id), b: of(ofB.id) };
  };
  await pause(3000);

  const idle = await latencies(b, ofB.id);
  const headers = { authorization: `Bearer ${a}` };
  const paths = {
    read: `/v1/jobs/${ofA.id}`,
    submit: '/v1/jobs',
    stream: `/v1/jobs/${ofA.id}/events`,
  };
  const load = { headers, paths, job: JSON.stringify(job) };

  const sink = fork(new URL('abuse/sink.mjs', import.meta.url));
  const [{ url: sinkUrl }] = await once(sink, 'message');
  const control = await attacked({ url: sinkUrl, ...load }, () => latencies(b, ofB.id));
  sink.disconnect();

  const before = await used();
  const abuse = await attacked({ url, ...load }, () => latencies(b, ofB.id));
  const after = await used();
  const [gotA, gotB] = [after.a - before.a, after.b - before.b];
  const figures = {
    idle,
    control: { ...control.result, attack: control.load },
    abused: abuse.result,
    p99Ratio: round(abuse.result.p99 / idle.p99, 2),
    p99OverControl: round(abuse.result.p99 / control.result.p99, 2),
    shareOfB: round(gotB / ((gotA + gotB) / 2), 3),
    attack: abuse.load,
  };
  console.log(JSON.stringify(figures));
  process.exitCode = figures.p99Ratio <= limits.p99Ratio && figures.shareOfB >= limits.shareOfB ? 0 : 1;
} finally {
  await close();
}
