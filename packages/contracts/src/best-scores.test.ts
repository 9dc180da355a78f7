import { expect, test } from 'vitest';
import { type BestScores, bestScores } from './best-scores.ts';

const goals = { loss: 'smallest', accuracy: 'largest' } as const;
const train = (step: number, loss: number, accuracy: number) => ({
  step,
  split: 'train' as const,
  values: { loss, accuracy, gradientNorm: 9 },
});
const validation = (step: number, loss: number, accuracy: number) => ({
  ...train(step, loss, accuracy),
  split: 'validation' as const,
});

test('the smallest loss and the largest accuracy are kept, each with its step', () => {
  expect(bestScores({}, [train(1, 3, 0.2), train(2, 1, 0.1), train(3, 2, 0.5)], goals)).toEqual({
    loss: { value: 1, step: 2, split: 'train' },
    accuracy: { value: 0.5, step: 3, split: 'train' },
  });
});

test('of equals the first stays', () => {
  const first = bestScores({}, [train(1, 3, 0.2)], goals) as BestScores;
  expect(bestScores(first, [train(2, 3, 0.2)], goals)).toEqual(first);
});

test('an evaluation takes the place of what training measured, and training none of an evaluation', () => {
  const measured = bestScores({}, [train(1, 0.1, 0.9), validation(1, 2, 0.4), train(2, 0.05, 1)], goals);
  expect(measured?.loss).toEqual({ value: 2, step: 1, split: 'validation' });
  expect(measured?.accuracy).toEqual({ value: 0.4, step: 1, split: 'validation' });
});

test('a step that is computed again to the same value changes nothing', () => {
  const points = [validation(10, 1, 0.5), validation(20, 2, 0.4)];
  const best = bestScores({}, points, goals) as BestScores;
  expect(bestScores(best, points, goals)).toEqual(best);
});

test('a best that has become another value must be looked for again', () => {
  const best = bestScores({}, [validation(10, 1, 0.5)], goals) as BestScores;
  expect(bestScores(best, [validation(10, 1.5, 0.5)], goals)).toBeNull();
});

test('what is no number is no score', () => {
  expect(bestScores({}, [train(1, Number.NaN, 0.5)], goals)).toEqual({
    accuracy: { value: 0.5, step: 1, split: 'train' },
  });
});
