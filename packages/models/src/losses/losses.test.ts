import { evaluate } from '@descent/autodiff';
import { describe, expect, it } from 'vitest';
import { evaluationGraph, inferenceGraph } from '../graphs.ts';
import { codes, compiled, floats, outputOf } from '../reference.fixture.ts';

const kernel = floats([2, 2], [1, 0, 0, 1]);

function scores(
  loss: object,
  metrics: string[],
  x: number[],
  labels: ReturnType<typeof floats> | ReturnType<typeof codes>,
) {
  const model = compiled({
    inputs: { x: { shape: [2] } },
    layers: [{ type: 'dense', name: 'logits', units: 2, useBias: false }],
    loss,
    metrics,
  });
  const feeds = { x: floats([x.length / 2, 2], x), y: labels, 'logits/kernel': kernel };
  const evaluation = evaluate(evaluationGraph(model), feeds);
  const value = (name: string) => outputOf(evaluation, name).values[0];
  return { loss: value('loss'), metrics: metrics.map((name) => value(`metric/${name}`)) };
}

describe('losses and metrics are sums over the samples of a micro-batch', () => {
  it('softmaxCrossEntropy with accuracy', () => {
    const x = [0, Math.log(3), 5, 5, 1, 2];
    const result = scores({ type: 'softmaxCrossEntropy', labels: 'y' }, ['accuracy'], x, codes(1, 1, 1));
    expect(result.loss).toBeCloseTo(-Math.log(0.75) + Math.log(2) + Math.log(1 + Math.exp(-1)), 6);
    // A tie counts for the first class, so the second sample is wrong.
    expect(result.metrics).toEqual([2]);
  });

  it('sigmoidCrossEntropy is a mean over elements, exact for large logits', () => {
    const loss = { type: 'sigmoidCrossEntropy', labels: 'y' };
    const labels = floats([2, 2], [1, 0, 0, 1]);
    const result = scores(loss, ['accuracy', 'meanAbsoluteError'], [0, 0, 100, 100], labels);
    expect(result.loss).toBeCloseTo(Math.log(2) + 50, 10);
    expect(result.metrics[0]).toBe(1);
    expect(result.metrics[1]).toBeCloseTo(0.5 + 0.5, 10);
  });

  it('meanSquaredError and meanAbsoluteError are means over elements', () => {
    const loss = { type: 'meanSquaredError', labels: 'y' };
    expect(scores(loss, ['meanAbsoluteError'], [1, 2, 3, 4], floats([2, 2], [0, 0, 3, 8]))).toEqual({
      loss: 2.5 + 8,
      metrics: [1.5 + 2],
    });
  });

  it('a prediction of one unit takes plain numbers as labels', () => {
    const model = compiled({
      inputs: { x: { shape: [2] } },
      layers: [{ type: 'dense', name: 'd', units: 1, useBias: false }],
      loss: { type: 'meanSquaredError', labels: 'y' },
    });
    expect(model.inputs.at(-1)).toEqual({ name: 'y', role: 'label', dtype: 'float32', shape: [] });
    const feeds = {
      x: floats([2, 2], [1, 2, 3, 4]),
      y: floats([2], [0, 10]),
      'd/kernel': floats([2, 1], [1, 1]),
    };
    expect(outputOf(evaluate(evaluationGraph(model), feeds), 'loss').values).toEqual([9 + 9]);
  });

  it('an autoencoder has its own input as label', () => {
    const model = compiled({
      inputs: { x: { shape: [2] } },
      layers: [{ type: 'dense', name: 'd', units: 2, useBias: false }],
      loss: { type: 'meanSquaredError', labels: 'x' },
    });
    expect(model.inputs.map(({ name, role }) => [name, role])).toEqual([['x', 'feature']]);
    const feeds = { x: floats([1, 2], [1, 2]), 'd/kernel': floats([2, 2], [2, 0, 0, 2]) };
    expect(outputOf(evaluate(evaluationGraph(model), feeds), 'loss').values).toEqual([2.5]);
  });

  it('inference gives the logits and their probabilities', () => {
    const model = compiled({
      inputs: { x: { shape: [2] } },
      layers: [{ type: 'dense', name: 'd', units: 2, useBias: false }],
      loss: { type: 'softmaxCrossEntropy', labels: 'y' },
    });
    const evaluation = evaluate(inferenceGraph(model), {
      x: floats([1, 2], [0, Math.log(3)]),
      'd/kernel': kernel,
    });
    expect(outputOf(evaluation, 'prediction').values[1]).toBeCloseTo(Math.log(3), 6);
    expect(outputOf(evaluation, 'probabilities').values[1]).toBeCloseTo(0.75, 6);
  });
});
