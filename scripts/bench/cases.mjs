// Everything that `npm run bench` measures, in this order. A case resolves with `{ rows, raw, versions? }`. Modules are
// loaded when their case runs: the packages they need are built by then.
const training = (name) => async (context) =>
  (await import('./training-case.mjs')).trainingCase(name, context);
const side = (path) => async (context) => (await import('./side-benchmark.mjs')).sideBenchmark(path, context);

export const cases = {
  mlp: training('mlp'),
  cnn: training('cnn'),
  transformer: training('transformer'),
  wide: training('wide'),
  engine: side('scripts/bench/engine-against-pytorch.mjs'),
  channel: side('packages/gradient-channel/bench/transfer.mjs'),
  wire: async (context) => (await import('./wire-case.mjs')).wireCase(context),
  kernels: side('packages/optimizers/bench/kernels.mjs'),
  'slow-worker': async (context) => (await import('./slow-worker-case.mjs')).slowWorkerCase(context),
  order: async (context) => (await import('./order-case.mjs')).orderCase(context),
  'slow-link': async (context) => (await import('./slow-link-case.mjs')).slowLinkCase(context),
  elastic: async (context) => (await import('./elastic-case.mjs')).elasticCase(context),
  'event-loop': async (context) => (await import('./event-loop-case.mjs')).eventLoopCase(context),
  redis: async (context) => (await import('./redis-case.mjs')).redisCase(context),
};

export const caseNames = Object.keys(cases);
