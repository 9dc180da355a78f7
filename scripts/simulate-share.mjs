// The figures of docs/scheduling.md, from the real scheduling code in simulated time: `npm run simulate:share`.
import {
  measureEstimates,
  measureFlood,
  measureNewcomer,
  measureShares,
} from '../packages/scheduling/src/simulation/scenarios.fixture.ts';

const figures = {
  share: measureShares(600),
  newcomer: measureNewcomer(100),
  flood: measureFlood(10),
  estimates: measureEstimates(10),
};
console.log(JSON.stringify(figures, null, 2));
