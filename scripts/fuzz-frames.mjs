// Sends hostile frames to the reader of the gradient channel: `npm run fuzz:frames -- --frames 1000000 --seed 1`. None may be
// accepted, nothing but errors of the catalogue may be thrown, and memory must not grow.
import { parseArgs } from 'node:util';
import { fuzzFrames } from '../packages/gradient-channel/src/frame-fuzz.fixture.ts';

const { values } = parseArgs({
  options: { frames: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});
const frames = Number(values.frames);
const rounds = 10;
const mostGrowthMegabytes = 32;
const megabytes = () => {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().rss / 1e6);
};

fuzzFrames(10_000, 0);
const before = megabytes();
const start = performance.now();
const refused = {};
let accepted = 0;
for (let round = 0; round < rounds; round++) {
  const result = fuzzFrames(frames / rounds, Number(values.seed) + round);
  accepted += result.accepted;
  for (const [code, count] of result.refused) refused[code] = (refused[code] ?? 0) + count;
}
const after = megabytes();
const seconds = Math.round((performance.now() - start) / 100) / 10;
console.log(JSON.stringify({ frames, accepted, refused, seconds, residentMegabytes: { before, after } }));
process.exitCode = accepted === 0 && after - before <= mostGrowthMegabytes ? 0 : 1;
