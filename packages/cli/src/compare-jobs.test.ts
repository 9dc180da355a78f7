import { expect, test } from 'vitest';
import { compareJobs } from './compare-jobs.ts';
import { exampleJob } from './testing-job.ts';

test('only what differs is shown, whatever was left out in one of them', () => {
  const first = exampleJob({ validation: { loss: 0.2, accuracy: 0.9 } });
  const training = { ...first.request.training, batchSize: 64, clipNorm: 1 };
  const second = exampleJob({ request: { ...first.request, name: 'other', training } });
  expect(compareJobs([first, second])).toEqual({
    scores: { loss: [0.2, 0.2134], accuracy: [0.9, 0.9375] },
    settings: { 'training.batchSize': [128, 64], 'training.clipNorm': [undefined, 1] },
  });
});
