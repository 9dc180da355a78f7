// The ratios that Descent is held to: by figure and case `[at least, aim]`. `below`: smaller is better.
const workloadTargets = (mlp, cnn, transformer, wide) => ({ mlp, cnn, transformer, wide });

export const figures = {
  S1: {
    title: 'service, 2 workers × 1 thread ÷ PyTorch DDP gloo, 2 ranks × 1 thread',
    targets: workloadTargets([1.5, 2.5], [1.3, 1.8], [1.2, 1.8], [1.0, 1.5]),
  },
  S2: {
    title: 'service, 1 worker ÷ bare engine loop with the optimizer in the same process',
    targets: workloadTargets([0.65, 0.85], [0.9, 0.96], [0.93, 0.97], [0.5, 0.7]),
  },
  S3: {
    title: 'service, 2 workers ÷ two independent bare loops at once',
    targets: workloadTargets([0.4, 0.6], [0.88, 0.95], [0.9, 0.95], [0.35, 0.5]),
  },
  S4: {
    title: 'engine: our training step ÷ PyTorch’s, 1 thread each',
    targets: workloadTargets([1.0, 1.3], [1.0, 1.5], [1.2, 1.8]),
  },
  S5: { title: 'gradient channel ÷ a bare `net` pair moving the same bytes', target: [0.8, 0.95] },
  S6: {
    title: 'wire bytes per step ÷ (2 × parameter bytes × workers)',
    below: true,
    targets: { f32: [1.02, 1.003], bf16: [0.52, 0.503], int8: [0.4, 0.38] },
  },
  S7: { title: 'reduce and update, bytes/s ÷ `Float32Array.set`', target: [0.5, 0.8] },
  S8: { title: 'one of 4 workers slowed 10×: throughput ÷ work-conserving ideal', target: [0.85, 0.95] },
  S9: { title: 'deterministic order ÷ arrival order', target: [0.97, 1.0] },
  S10: {
    title: 'Redis bytes per gradient job',
    below: true,
    targets: { '40 MB ÷ 0.4 MB': [1.05, 1.0], 'KiB at 40 MB': [6, 3] },
  },
  'event-loop': {
    title: 'delay of the parameter server’s event loop, p99',
    below: true,
    targets: { 'ms at 40 MB': [50, 50] },
  },
  data: {
    title: 'time spent on data ÷ time of a micro-batch on its worker',
    below: true,
    targets: { mlp: [0.05, 0.05] },
  },
  local: {
    title: 'on a link of 100 Mbit/s, time of sync ÷ time of local (8 steps) to the same accuracy',
    targets: { 'times sooner': [4, 4] },
  },
  elastic: {
    title:
      'a worker that joins: seconds from its engine being ready to its first accepted gradient; longest step then, in steps of the other one alone, minus 1',
    below: true,
    targets: { seconds: [2, 2], steps: [1, 1] },
  },
};

/** A row of the results for one figure: its ratio beside what it should be. */
export function figureRow(figure, name, ratio, more = {}) {
  if (!Number.isFinite(ratio)) throw new Error(`${figure} of ${name} could not be measured: ${ratio}`);
  const { targets, target, below = false } = figures[figure];
  const [atLeast, aim] = target ?? targets[name] ?? [];
  const reaches = (bound) => (below ? ratio <= bound : ratio >= bound);
  return {
    figure,
    case: name,
    ratio: Number(ratio.toPrecision(4)),
    // Some are only shown: nothing is wanted of them.
    ...(atLeast !== undefined && {
      [below ? 'atMost' : 'atLeast']: atLeast,
      aim,
      reached: reaches(aim) ? 'aim' : reaches(atLeast) ? 'yes' : 'no',
    }),
    ...more,
  };
}
