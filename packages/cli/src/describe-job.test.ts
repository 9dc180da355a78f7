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
