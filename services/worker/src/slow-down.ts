import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '@descent/engines';

/**
 * An engine that takes `factor` times as long as the given one, the rest of it asleep: a benchmark plays slow and busy
 * machines with it, and none takes processor time from another.
 */
export function slowDown(engine: Engine, factor: number): Engine {
  return {
    name: engine.name,
    device: engine.device,
    numericsClass: engine.numericsClass,
    async compile(graph, options) {
      const program = await engine.compile(graph, options);
      const bind: typeof program.bind = (bindings) => {
        const bound = program.bind(bindings);
        return {
          async run() {
            const started = performance.now();
            await bound.run();
            await sleep((factor - 1) * (performance.now() - started));
          },
        };
      };
      return { inputs: program.inputs, outputs: program.outputs, bind, release: () => program.release() };
    },
    dispose: () => engine.dispose(),
  };
}

/**
 * What `DESCENT_BENCH_SLOWDOWN` means for one worker: `worker-4:40,*:4` slows worker-4 down 40 times and all others 4
 * times. 1 where nothing is said.
 */
export function slowdownOf(setting: string | undefined, worker: string): number {
  const rules = (setting ?? '').split(',').map((rule) => rule.split(':'));
  const rule = rules.find(([name]) => name === worker || name === '*');
  const factor = Number(rule?.[1] ?? 1);
  return factor >= 1 ? factor : 1;
}
