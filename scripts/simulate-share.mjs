// The figures of docs/scheduling.md, from the real scheduling code in simulated time: `npm run simulate:share` prints
// them, with `-- --write` it puts them into the page.
import { readFileSync, writeFileSync } from 'node:fs';
import {
  measureEstimates,
  measureFlood,
  measureNewcomer,
  measureReturn,
  measureShares,
} from '../packages/scheduling/src/simulation/scenarios.fixture.ts';

const figures = {
  share: measureShares(600),
  newcomer: measureNewcomer(100),
  return: measureReturn(),
  flood: measureFlood(10),
  estimates: measureEstimates(10),
};
const rounded = (_key, value) => (typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value);
const json = JSON.stringify(figures, rounded, 2);
console.log(json);

if (process.argv.includes('--write')) {
  const page = new URL('../docs/scheduling.md', import.meta.url);
  const text = readFileSync(page, 'utf8');
  writeFileSync(
    page,
    text.replace(/```json\n[\s\S]*?```/, () => `\`\`\`json\n${json}\n\`\`\``),
  );
}
