import { graphHash } from '@descent/autodiff';
import type { ClaimAnswer, JobCreate, Report } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { compileModel, trainingGraph } from '@descent/models';
import { expect, test } from 'vitest';
import { type RunOptions, runTrainingJob } from './running-job.ts';
import { createFakeTruth } from './truth.fixture.ts';

const jobId = 'job_01JTESTTESTTESTTESTTESTTES';
const hash = '0'.repeat(64);
const statistics = { minimum: 0, maximum: 1, mean: 0.5, standardDeviation: 0.5 };
const request: JobCreate = {
  model: {
    inputs: { x: { shape: [1] } },
    layers: [{ type: 'dense', units: 1 }],
    loss: { type: 'meanSquaredError', labels: 'y' },
  },
  data: { dataset: 'builtin:test' },
  training: { epochs: 1, batchSize: 4, optimizer: { type: 'sgd', learningRate: 1 } },
};

function claimOf(change: { graphHash?: string; checkpoints?: ClaimAnswer['checkpoints'] }): ClaimAnswer {
  return {
    incarnation: 2,
    numericsClass: null,
    checkpoints: change.checkpoints ?? [],
    plan: {
      jobId,
      request,
      microBatches: 1,
      seed: 0,
      samples: { train: 4, validation: 0 },
      graphHash: change.graphHash ?? graphHash(trainingGraph(compileModel(request.model))),
      manifest: {
        hash,
        columns: [{ name: 'x', dtype: 'float32', shape: [], statistics }],
        splits: [{ name: 'train', count: 4, shards: [{ hash, count: 4, bytes: 16 }] }],
      },
      price: {
        parameters: 2,
        parameterBytes: 8,
        flopsPerStep: 1,
        workerMemoryBytes: 1,
        serverMemoryBytes: 1,
        wireBytesPerStep: 1,
        stepsPerEpoch: 1,
        steps: 1,
      },
    },
  };
}

/** Runs the claim to its end; no worker ever joins. Returns the outcome that the api was told. */
async function outcomeOf(claim: ClaimAnswer, getCheckpoint?: RunOptions['truth']['getCheckpoint']) {
  const reports: Report[] = [];
  const truth = createFakeTruth({
    async report(_, report) {
      reports.push(report);
      return { wanted: 'run' };
    },
    ...(getCheckpoint && { getCheckpoint }),
  });
  const outcome = await runTrainingJob(claim, {
    truth,
    gradients: {
      add: async () => {},
      setPriority: async () => {},
      states: async () => new Map(),
      remove: async () => {},
    },
    address: 'unix:/nowhere',
    reportIntervalMs: 1,
    createLease: () => 'lease',
    clock: () => 0,
    onQueueError() {},
    opened: () => () => {},
  });
  expect(reports.at(-1)?.outcome).toEqual(outcome);
  // What is said while the job is prepared.
  expect(reports[0]?.progress.step).toBe(claim.checkpoints[0]?.step ?? 0);
  return outcome;
}

test('a job that cannot be prepared for now is handed back, with the reason', async () => {
  const claim = claimOf({ checkpoints: [{ step: 1, hash }] });
  const outcome = await outcomeOf(claim, () =>
    Promise.reject(new DescentError('UNAVAILABLE', { part: 'The api' })),
  );
  expect(outcome).toEqual({ state: 'queued', reason: 'The api cannot be reached' });
});

test('a plan whose graph this server compiles differently fails by name', async () => {
  const outcome = await outcomeOf(claimOf({ graphHash: hash }));
  expect(outcome).toMatchObject({ state: 'failed', error: { code: 'GRAPH_MISMATCH' } });
});

test('a job whose weights cannot be had fails, and does not take the server along', async () => {
  const claim = claimOf({});
  const plan = { ...claim.plan, initialWeights: { hash, of: 'all' as const } };
  const outcome = await outcomeOf({ ...claim, plan });
  expect(outcome).toMatchObject({ state: 'failed', error: { code: 'JOB_FAILED' } });
});
