// A spec from ordinary code: `npx tsx examples/lecture/loop-with-condition.ts 5 > loop.json`
import { pathToFileURL } from 'node:url';
import { type ModelSpec, trace } from '@descent/client';

/**
 * yₜ = (yₜ₋₁ + xₜ) · w, for as many steps as asked for; the loop and the `if` inside are gone from the spec. The last
 * condition depends on the numbers, which are not there yet: it stays in the graph, as a switch for values and gradients.
 */
export function loopWithCondition(steps: number): ModelSpec {
  return trace(
    { inputs: { x: [steps], y0: [1], z: [1] }, loss: 'meanSquaredError', labels: 'wanted' },
    (t, { x, y0, z }) => {
      const w = t.parameter('w', [1]);
      let y = y0;
      for (let step = 0; step < steps; step += 1) {
        const sum = y.add(x.slice(1, step, step + 1));
        // Decided while the spec is written: every other step is not weighted.
        y = step % 2 === 0 ? sum.mul(w) : sum;
        y.named(`y${step + 1}`);
      }
      return z.less(0).where(y.add(z), y.sub(z)).named('result');
    },
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${JSON.stringify(loopWithCondition(Number(process.argv[2] ?? 3)), null, 2)}\n`);
}
