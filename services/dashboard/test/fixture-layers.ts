import type { ChromeTrace, JobLayers } from '@descent/client';

export const noLayers: JobLayers = { steps: [], epochs: [], parameters: [], histograms: [] };

const names = [
  'dense_1/kernel',
  'dense_1/bias',
  'dense_2/kernel',
  'dense_2/bias',
  'logits/kernel',
  'logits/bias',
];

/** Norms as they move in a model that learns, and values that spread. */
export function fixtureLayers(): JobLayers {
  const steps = Array.from({ length: 240 }, (_, index) => 3 * (index + 1));
  return {
    steps,
    epochs: steps.map((step) => step / 469),
    parameters: names.map((name, place) => {
      const wave = (step: number) => 1 + 0.15 * Math.sin(step * (1.3 + place));
      const size = name.endsWith('bias') ? 0.2 : 12 - place;
      return {
        name,
        gradient: steps.map((step) => (0.9 / (1 + place) + step / 2000) * Math.exp(-step / 300) * wave(step)),
        parameter: steps.map((step) => size * (1 + 0.1 * Math.log1p(step))),
        updateRatio: steps.map((step) => 2e-3 * wave(step) * (1 + place * 0.2)),
      };
    }),
    histograms: steps
      .filter((_, index) => index % 16 === 0)
      .map((step) => ({
        step,
        parameters: Object.fromEntries(
          names.map((name) => {
            const spread = 0.1 + step / 3000;
            const counts = Array.from({ length: 32 }, (_, bin) =>
              Math.round(900 * Math.exp(-(((bin - 15.5) / 6) ** 2))),
            );
            return [name, { low: -spread, high: spread * 1.1, counts }];
          }),
        ),
      })),
  };
}

/** Twelve steps of two workers, the second a little slower. */
export function fixtureTrace(trained: boolean): ChromeTrace {
  const events: ChromeTrace['traceEvents'] = [];
  const row = (tid: number, name: string) =>
    events.push({ name: 'thread_name', ph: 'M', pid: 1, tid, args: { name } });
  const span = (tid: number, name: string, ms: number, lasts: number, args: Record<string, unknown>) =>
    events.push({ name, ph: 'X', pid: 1, tid, ts: ms * 1000, dur: lasts * 1000, cat: 'step', args });
  if (trained) {
    row(0, 'parameter server');
    for (const worker of [0, 1]) {
      row(1 + 2 * worker, `worker-${worker + 1}`);
      row(2 + 2 * worker, `worker-${worker + 1}, sending`);
    }
    for (let step = 709; step < 721; step++) {
      const at = (step - 709) * 13;
      for (const worker of [0, 1]) {
        const lasts = 6 + 3 * worker + (step % 3) * 0.4;
        // One step of the second worker was the first one's before.
        const again = worker === 1 && step === 715 ? { handedOut: 2 } : {};
        const args = { step, microBatches: `${worker * 4}–${worker * 4 + 3}`, ...again };
        span(1 + 2 * worker, 'pull', at, 0.6, args);
        span(1 + 2 * worker, 'data', at + 0.6, 0.4, args);
        span(1 + 2 * worker, 'compute', at + 1, lasts, args);
        span(2 + 2 * worker, 'push', at + 1 + lasts, 0.7, args);
      }
      span(0, 'wait', at, 11, { step });
      span(0, 'reduce', at + 11, 0.6, { step });
      span(0, 'update', at + 11.6, 1.1, { step });
    }
  }
  return { displayTimeUnit: 'ms', otherData: {}, traceEvents: events };
}
