import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from '@descent/engines';

/**
 * An engine that takes `factor` times as long as the given one at its best, the rest of it asleep: a benchmark plays several
 * machines on one with it. What one loses to another while both compute comes off its sleep, so each keeps the pace of a machine of its own.
 */
export function slowDown(
  engine: Engine,
  factor: number,
  sleep: (ms: number) => Promise<unknown> = pause,
): Engine {
  return {
    name: engine.name,
    device: engine.device,
    numericsClass: engine.numericsClass,
    async compile(graph, options) {
      const program = await engine.compile(graph, options);
      let shortestMs = Number.POSITIVE_INFINITY;
      /** A timer rings late; the next sleep is shorter by that. */
      let lateMs = 0;
      const bind: typeof program.bind = (bindings) => {
        const bound = program.bind(bindings);
        return {
          async run() {
            const started = performance.now();
            await bound.run();
            const tookMs = performance.now() - started;
            shortestMs = Math.min(shortestMs, tookMs);
            const end = started + factor * shortestMs - lateMs;
            await sleep(Math.max(0, end - performance.now()));
            lateMs = performance.now() - end;
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
