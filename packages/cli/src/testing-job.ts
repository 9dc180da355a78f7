import type { Job } from '@descent/contracts';

/** A job in the middle of its training, for the tests of this package. */
export function exampleJob(change: Partial<Job> = {}): Job {
  return {
    id: 'job_01JD0000000000000000000000',
    name: 'example',
    state: 'running',
    reason: 'Workers compute its gradients',
    createdAt: '2026-01-01T10:00:00.000Z',
    startedAt: '2026-01-01T10:00:01.000Z',
    endedAt: null,
    incarnation: 1,
    request: {
      model: { inputs: {}, layers: [], loss: { type: 'meanSquaredError', labels: 'y' } },
      data: { dataset: 'builtin:mnist' },
      training: { epochs: 3, batchSize: 128, optimizer: { type: 'sgd', learningRate: 0.1 } },
    },
    price: {
      parameters: 10,
      parameterBytes: 40,
      flopsPerStep: 1e6,
      workerMemoryBytes: 1,
      serverMemoryBytes: 1,
      wireBytesPerStep: 1,
      stepsPerEpoch: 469,
      steps: 1_407,
    },
    layers: [],
    progress: {
      step: 1_000,
      steps: 1_407,
      epoch: 2.132,
      epochs: 3,
      samplesPerSecond: 41_200,
      etaSeconds: 23,
      workers: 2,
    },
    latest: { accuracy: 0.9375, loss: 0.2134 },
    validation: null,
    best: {},
    receipt: { graphHash: 'g', datasetHash: 'd', numericsClass: null, ledgerHash: null, weightsHash: null },
    error: null,
    queuePosition: null,
    ...change,
  };
}
