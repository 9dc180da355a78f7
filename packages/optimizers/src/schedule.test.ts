import { describe, expect, it } from 'vitest';
import { learningRateAt } from './schedule.ts';

describe('the learning rate', () => {
  it('stays what it is without a schedule or with a constant one', () => {
    for (const step of [0, 1, 99, 100]) {
      expect(learningRateAt(undefined, 0.3, step, 100)).toBe(0.3);
      expect(learningRateAt({ type: 'constant' }, 0.3, step, 100)).toBe(0.3);
    }
  });

  it('is multiplied by the factor at the start of every interval of a step schedule', () => {
    const rate = (step: number) =>
      learningRateAt({ type: 'step', everySteps: 10, factor: 0.5 }, 0.8, step, 100);
    expect([0, 9, 10, 19, 20, 30].map(rate)).toEqual([0.8, 0.8, 0.4, 0.4, 0.2, 0.1]);
  });

  it('falls along half a cosine from the base rate to the final factor', () => {
    const rate = (step: number) => learningRateAt({ type: 'cosine', finalFactor: 0.2 }, 10, step, 300);
    expect(rate(0)).toBe(10);
    // 0.2 + 0.8·(1 + cos 60°)/2 = 0.2 + 0.8·0.75
    expect(rate(100)).toBeCloseTo(8, 12);
    expect(rate(150)).toBeCloseTo(6, 12);
    // 0.2 + 0.8·(1 + cos 120°)/2 = 0.2 + 0.8·0.25
    expect(rate(200)).toBeCloseTo(4, 12);
    expect(rate(300)).toBe(2);
    expect(rate(1000)).toBe(2);
  });

  it('of the last update of a cosine to 0 is small and not 0', () => {
    // (1 + cos(0.99π))/2 = sin²(0.005π)
    expect(learningRateAt({ type: 'cosine' }, 1, 99, 100)).toBeCloseTo(Math.sin(0.005 * Math.PI) ** 2, 15);
  });

  it('rises linearly through the warm-up, and the schedule begins after it', () => {
    const constant = (step: number) => learningRateAt({ type: 'constant', warmupSteps: 4 }, 1, step, 10);
    expect([0, 1, 2, 3, 4, 9].map(constant)).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
    const stepped = (step: number) =>
      learningRateAt({ type: 'step', everySteps: 3, factor: 0.5, warmupSteps: 2 }, 1, step, 10);
    expect([0, 1, 2, 4, 5, 7, 8].map(stepped)).toEqual([0.5, 1, 1, 1, 0.5, 0.5, 0.25]);
    const cosine = (step: number) => learningRateAt({ type: 'cosine', warmupSteps: 2 }, 1, step, 10);
    expect([0, 1, 2, 10].map(cosine)).toEqual([0.5, 1, 1, 0]);
    // Half way between step 2 and step 10.
    expect(cosine(6)).toBeCloseTo(0.5, 15);
  });

  it('is still warming up at the end of a job that is shorter than its warm-up', () => {
    expect(learningRateAt({ type: 'cosine', warmupSteps: 100 }, 1, 9, 10)).toBe(0.1);
  });
});
