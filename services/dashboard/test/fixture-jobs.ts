import type { Checkpoint, Estimate, Job, JobEvent, JobState, MetricPoint } from '@descent/client';

export const now = Date.now();
const iso = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString();
const hash = (seed: string) => seed.repeat(64).slice(0, 64);
export const jobId = (n: number) => `job_01JD00000000000000000000${String(n).padStart(2, '0')}`;

const base: Job = {
  id: jobId(0),
  name: 'mnist-mlp',
  state: 'running',
  reason: 'Training with 2 workers',
  createdAt: iso(95),
  startedAt: iso(90),
  endedAt: null,
  incarnation: 1,
  request: {
    model: {
      inputs: { image: { shape: [28, 28, 1] } },
      layers: [],
      loss: { type: 'softmaxCrossEntropy', labels: 'label' },
      metrics: ['accuracy'],
    },
    data: { dataset: 'builtin:mnist' },
    training: { epochs: 3, batchSize: 128, optimizer: { type: 'adam', learningRate: 0.001 } },
  },
  price: {
    parameters: 535_818,
    parameterBytes: 2_143_272,
    flopsPerStep: 4.1e8,
    workerMemoryBytes: 471_000_000,
    serverMemoryBytes: 12_000_000,
    wireBytesPerStep: 4_286_544,
    stepsPerEpoch: 469,
    steps: 1407,
  },
  layers: [
    { name: 'flatten', type: 'flatten', outputShape: ['batch', 784], parameters: 0, flops: 0 },
    { name: 'dense_1', type: 'dense', outputShape: ['batch', 512], parameters: 401_920, flops: 803_328 },
    { name: 'dense_2', type: 'dense', outputShape: ['batch', 256], parameters: 131_328, flops: 262_400 },
    { name: 'logits', type: 'dense', outputShape: ['batch', 10], parameters: 2570, flops: 5130 },
  ],
  progress: {
    step: 720,
    steps: 1407,
    epoch: 1.54,
    epochs: 3,
    samplesPerSecond: 41_250,
    etaSeconds: 74,
    workers: 2,
  },
  latest: { loss: 0.0831, accuracy: 0.9765 },
  validation: { loss: 0.1012, accuracy: 0.9693 },
  best: {
    loss: { value: 0.0987, step: 469, split: 'validation' },
    accuracy: { value: 0.9712, step: 469, split: 'validation' },
  },
  receipt: {
    graphHash: hash('4be1'),
    datasetHash: hash('a07c93'),
    numericsClass: 'onnx 1.30.0 · cpu · 1 thread · f32',
    ledgerHash: null,
    weightsHash: null,
  },
  error: null,
  queuePosition: null,
  timing: {
    steps: 256,
    microBatches: 2048,
    stepMs: 12.9,
    phases: {
      queue: 0.4,
      pull: 0.6,
      data: 0.4,
      compute: 8.1,
      push: 0.7,
      wait: 1.9,
      reduce: 0.6,
      update: 1.1,
    },
  },
  owner: { id: 'mem_01JD0000000000000000000001', name: 'Ada' },
  tags: ['baseline', 'mnist'],
  notes: '',
  starred: true,
  archivedAt: null,
  sparkline: Array.from({ length: 33 }, (_, index) => 2.3 * Math.exp(-index / 6) + 0.08),
};

const ended = (state: JobState, extra: Partial<Job>): Partial<Job> => ({
  state,
  startedAt: iso(4000),
  endedAt: iso(3600),
  createdAt: iso(4100),
  ...extra,
});

const idle = { ...base.progress, step: 0, epoch: 0, samplesPerSecond: 0, etaSeconds: null, workers: 0 };

/** One job of every kind that the pages must cope with. */
export function fixtureJobs(): Job[] {
  const variants: Partial<Job>[] = [
    {},
    {
      state: 'queued',
      tags: ['sweep', 'learning-rate', 'third-attempt-after-the-data-was-cleaned'],
      owner: { id: 'mem_01JD0000000000000000000002', name: 'Hildegard von Bingen-Rupertsberg' },
      starred: false,
      sparkline: [],
      name: 'a-very-long-name-that-somebody-generated-from-every-hyper-parameter-lr0.001-bs128-wd0.0001-seed42-run17',
      reason: 'Waits for a free parameter server',
      startedAt: null,
      progress: idle,
      latest: null,
      validation: null,
      queuePosition: 0,
    },
    ended('failed', {
      name: 'cnn with a hot learning rate',
      reason: 'The loss diverged',
      error: {
        code: 'JOB_DIVERGED',
        message: 'The loss became NaN at step 212; the last finite loss was 18.31',
        details: { step: 212, loss: 'NaN', lastFiniteLoss: 18.31 },
        advice: 'Try a learning rate about ten times smaller, a warm-up schedule, or `clipNorm: 1`.',
      },
      progress: { ...base.progress, step: 212, epoch: 0.45, workers: 0, etaSeconds: null },
      latest: { loss: 18.31, accuracy: 0.1123 },
      validation: null,
    }),
    ended('succeeded', {
      name: 'mnist-cnn',
      request: {
        ...base.request,
        training: { epochs: 3, batchSize: 64, optimizer: { type: 'adam', learningRate: 0.0003 } },
      },
      price: { ...base.price, parameters: 34_826 },
      reason: 'All 1407 steps applied',
      progress: {
        ...base.progress,
        step: 1407,
        epoch: 3,
        workers: 0,
        etaSeconds: null,
        samplesPerSecond: 3810,
      },
      latest: { loss: 0.0112, accuracy: 0.9968 },
      validation: { loss: 0.0341, accuracy: 0.9891 },
      receipt: { ...base.receipt, ledgerHash: hash('9f'), weightsHash: hash('c0ffee') },
    }),
    {
      state: 'paused',
      name: 'house-prices',
      reason: 'Paused on request',
      request: {
        ...base.request,
        model: {
          ...base.request.model,
          loss: { type: 'meanSquaredError', labels: 'price' },
          metrics: ['meanAbsoluteError'],
        },
      },
      latest: { loss: 0.4211, meanAbsoluteError: 0.5123 },
      validation: { loss: 0.4422, meanAbsoluteError: 0.5311 },
      best: {
        loss: { value: 0.4422, step: 720, split: 'validation' },
        meanAbsoluteError: { value: 0.5311, step: 720, split: 'validation' },
      },
      progress: { ...base.progress, workers: 0, etaSeconds: null, samplesPerSecond: 0 },
    },
    {
      state: 'preparing',
      name: 'warming up',
      reason: 'A parameter server builds the model',
      progress: idle,
      latest: null,
      validation: null,
    },
    ended('cancelled', {
      name: 'wrong data set',
      reason: 'Cancelled on request',
      progress: idle,
      latest: null,
      validation: null,
    }),
  ];
  return variants.map((variant, n) => ({
    ...base,
    ...(variant.validation === null && { best: {} }),
    ...variant,
    id: jobId(n),
  }));
}

/** As many jobs as a class makes in a term. */
export function manyJobs(count: number): Job[] {
  return Array.from({ length: count }, (_, index) => ({
    ...base,
    ...ended('succeeded', { name: `sweep ${String(index + 1).padStart(3, '0')}`, starred: index % 9 === 0 }),
    id: `job_01JE0000000000000000000${String(index).padStart(3, '0')}`,
  }));
}

/** A noisy curve as a real one looks; deterministic. */
export function pointAt(sequence: number, step: number, split: MetricPoint['split']): MetricPoint {
  const noise = Math.sin(step * 12.9898) * 43_758.5453;
  const jitter = split === 'train' ? (noise - Math.floor(noise) - 0.5) * 0.25 : 0;
  const gap = split === 'train' ? 0 : 0.02;
  const loss = (2.3 * Math.exp(-step / 90) + 0.08 + gap) * (1 + jitter);
  return {
    sequence,
    step,
    epoch: step / 469,
    split,
    values: { loss, accuracy: Math.min(1, 1 - loss / 3.2) },
    time: new Date(now).toISOString(),
  };
}

export function fixtureEvents(): JobEvent[] {
  const rows: [JobEvent['type'], string][] = [
    ['created', 'Submitted; 535,818 parameters, 1407 steps'],
    ['state', 'preparing: taken by parameter server ps-1'],
    ['worker-joined', 'worker-1 joined (onnx 1.30.0 · cpu)'],
    ['worker-joined', 'worker-2 joined (onnx 1.30.0 · cpu)'],
    ['state', 'running: the first gradient came'],
    ['evaluated', 'Epoch 1: loss 0.1402, accuracy 95.71 %'],
    ['checkpoint', 'Checkpoint of step 469, 6.1 MiB'],
    ['worker-left', 'worker-2 lost its connection; its micro-batch goes to another worker'],
    ['gradient-refused', 'GRADIENT_LATE: a gradient for step 511 came while step 512 is being computed'],
    ['worker-joined', 'worker-2 joined (onnx 1.30.0 · cpu)'],
  ];
  return rows.map(([type, message], index) => ({
    sequence: index + 1,
    time: iso(90 - index * 8),
    type,
    message,
    data: {},
  }));
}

export const fixtureCheckpoints: Checkpoint[] = [200, 400, 469].map((step) => ({
  id: `ck_${step}`,
  step,
  hash: hash('ab'),
  bytes: 6_430_000,
  createdAt: iso(60),
  validation: step === 469 ? { loss: 0.1402, accuracy: 0.9571 } : null,
}));

/** Of a job that would wait behind two others for about a minute. */
export const fixtureEstimate: Estimate = {
  workers: 4,
  stepSeconds: 0.012,
  workerSeconds: 68,
  budgetLeftWorkerSeconds: 31_000,
  fitsBudget: true,
  fitsMemory: true,
  waiting: {
    reason: 'behind-other-teams',
    message: '2 jobs ahead; your team used 62 % of its share',
    position: { team: 1, whole: 3 },
    ahead: 2,
    estimatedStart: iso(-95),
    whatIf: null,
  },
  estimatedFinish: iso(-170),
};
