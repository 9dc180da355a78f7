import { expect, test } from 'vitest';
import { describeJob } from './describe-job.ts';
import { exampleJob } from './testing-job.ts';

test('a confusion matrix stands below the facts of a job', () => {
  const names = ['cat', 'dog'];
  const values = [
    [50, 2],
    [1, 1_047],
  ];
  const text = describeJob(
    exampleJob({ tables: { confusionMatrix: { rows: names, columns: names, values } } }),
  );
  expect(text.split('\n\n')[1]).toBe(
    ['confusionMatrix  cat  dog', 'cat              50   2', 'dog              1    1,047'].join('\n'),
  );
  expect(describeJob(exampleJob())).not.toContain('\n\n');
});

test('the best scores stand beside the latest, each with its step', () => {
  const best = {
    loss: { value: 0.5, step: 420, split: 'validation' as const },
    accuracy: { value: 0.75, step: 400, split: 'validation' as const },
  };
  expect(describeJob(exampleJob({ best }))).toMatch(
    /^best +loss 0\.5 \(step 420\), accuracy 75\.00 % \(step 400\)$/m,
  );
  expect(describeJob(exampleJob())).not.toMatch(/^best/m);
});
