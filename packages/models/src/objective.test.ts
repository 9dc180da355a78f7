import { checkGradient, evaluate, graphHash } from '@descent/autodiff';
import { scoreNames } from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import { describe, expect, it } from 'vitest';
import { evaluationGraph, inferenceGraph, trainingGraph } from './graphs.ts';
import { codes, compiled, floats, outputOf } from './reference.fixture.ts';

const unit = floats([2, 2], [1, 0, 0, 1]);
const head = (name: string) => ({ type: 'dense', name, units: 2, useBias: false, inputs: ['x'] });
const twoHeads = {
  inputs: { x: { shape: [2] } },
  layers: [head('kind'), head('place')],
  loss: [
    { type: 'softmaxCrossEntropy', prediction: 'kind', labels: 'y' },
    { type: 'meanSquaredError', prediction: 'place', labels: 'x', weight: 0.5, name: 'where' },
  ],
  metrics: ['accuracy', { type: 'meanAbsoluteError', loss: 'where' }, 'confusionMatrix'],
};
const feeds = { x: floats([2, 2], [0, 0, 1, 3]), y: codes(1, 1), 'kind/kernel': unit, 'place/kernel': unit };
const twice = { ...feeds, 'place/kernel': floats([2, 2], [2, 0, 0, 2]) };

function refusal(spec: unknown) {
  try {
    compiled(spec);
  } catch (error) {
    if (isDescentError(error)) return { code: error.code, ...error.details };
    throw error;
  }
  throw new Error('the spec was accepted');
}

describe('several losses', () => {
  const model = compiled(twoHeads);

  it('add up with their weights, and each has a curve of its own', () => {
    const evaluation = evaluate(evaluationGraph(model), twice);
    const cross = Math.log(2) + Math.log(1 + Math.exp(-2));
    expect(outputOf(evaluation, 'metric/kindLoss').values[0]).toBeCloseTo(cross, 6);
    expect(outputOf(evaluation, 'metric/whereLoss').values).toEqual([5]);
    expect(outputOf(evaluation, 'loss').values[0]).toBeCloseTo(cross + 0.5 * 5, 6);
    expect(outputOf(evaluation, 'metric/whereMeanAbsoluteError').values).toEqual([2]);
    expect(model.metrics.map(({ name }) => name)).toEqual([
      'kindLoss',
      'whereLoss',
      'accuracy',
      'whereMeanAbsoluteError',
      'confusionMatrix',
    ]);
  });

  it('have the gradient that finite differences show', () => {
    const names = ['kind/kernel', 'place/kernel'];
    expect(checkGradient(model.forward.training, 'loss', names, twice)).toMatchObject({ passed: true });
  });

  it('have the scores that their spec announces', () => {
    expect(scoreNames(model.spec)).toEqual([
      'loss',
      ...model.metrics.map(({ name }) => name).filter((name) => name !== 'confusionMatrix'),
    ]);
  });

  it('each have an answer at inference', () => {
    const { x, 'kind/kernel': kind, 'place/kernel': place } = twice;
    const evaluation = evaluate(inferenceGraph(model), { x, 'kind/kernel': kind, 'place/kernel': place });
    expect([...evaluation.outputs.keys()]).toEqual(['prediction', 'probabilities', 'prediction/where']);
    expect(outputOf(evaluation, 'prediction/where').values).toEqual([0, 0, 2, 6]);
  });

  it('of which there is one are that loss', () => {
    const { loss: _, metrics: __, ...parts } = twoHeads;
    const loss = { type: 'meanSquaredError', prediction: 'place', labels: 'x' };
    const [single, listed] = [loss, [loss]].map((losses) =>
      graphHash(trainingGraph(compiled({ ...parts, layers: [head('place')], loss: losses }))),
    );
    expect(listed).toBe(single);
  });

  it('may share labels, of one kind', () => {
    const both = (labels: string) => ({
      ...twoHeads,
      loss: [twoHeads.loss[0], { type: 'categoricalHinge', prediction: 'place', labels }],
      metrics: [],
    });
    expect(compiled(both('y')).inputs.map(({ name }) => name)).toEqual(['x', 'y']);
    const mixed = { ...twoHeads, loss: [twoHeads.loss[0], { ...twoHeads.loss[1], labels: 'y' }] };
    expect(refusal(mixed)).toMatchObject({
      code: 'SPEC_LOSS_INVALID',
      path: 'model.loss[1].labels',
      expected: 'int32 []',
      actual: 'float32 [2]',
    });
  });

  it('of one name are refused', () => {
    const [first] = twoHeads.loss;
    expect(refusal({ ...twoHeads, layers: [head('kind')], loss: [first, first], metrics: [] })).toMatchObject(
      {
        code: 'SPEC_DUPLICATE_NAME',
        path: 'model.loss[1]',
        name: 'kindLoss',
      },
    );
  });
});

describe('a custom loss', () => {
  const spec = {
    inputs: { x: { shape: [2] }, wanted: { shape: [2] } },
    layers: [{ ...head('answer') }],
    nodes: [
      { op: 'Sub', name: 'difference', inputs: ['answer', 'wanted'] },
      { op: 'Abs', name: 'size', inputs: ['difference'] },
    ],
    loss: { type: 'custom', value: 'size', prediction: 'answer' },
  };
  const own = {
    x: floats([2, 2], [1, 2, 3, 4]),
    wanted: floats([2, 2], [0, 0, 3, 8]),
    'answer/kernel': unit,
  };

  it('is the value of a node, and its labels are inputs that a prediction does without', () => {
    const model = compiled(spec);
    expect(model.inputs.map(({ name, role }) => [name, role])).toEqual([
      ['x', 'feature'],
      ['wanted', 'label'],
    ]);
    expect(outputOf(evaluate(evaluationGraph(model), own), 'loss').values).toEqual([1.5 + 2]);
    const { wanted: _, ...features } = own;
    const evaluation = evaluate(inferenceGraph(model), features);
    expect(inferenceGraph(model).inputs).toEqual(['x']);
    expect(outputOf(evaluation, 'prediction').values).toEqual([1, 2, 3, 4]);
  });

  it('has no metrics', () => {
    expect(refusal({ ...spec, metrics: ['accuracy'] })).toMatchObject({
      code: 'SPEC_METRIC_INVALID',
      problem: 'accuracy does not go with the loss custom',
    });
  });
});

describe('regularisers', () => {
  const dense = { type: 'dense', name: 'd', units: 2 };
  const spec = (layer: object) => ({
    inputs: { x: { shape: [2] } },
    layers: [{ ...dense, ...layer }],
    loss: { type: 'meanSquaredError', labels: 'x' },
  });
  const weights = { 'd/kernel': floats([2, 2], [1, -2, 0.5, 3]), 'd/bias': floats([2], [1, -1]) };
  const x = [1, 2, -1, 0.5, 0, 3];
  const lossOf = (layer: object, samples: readonly number[]) => {
    const rows = samples.flatMap((sample) => x.slice(2 * sample, 2 * sample + 2));
    const feeds = { x: floats([samples.length, 2], rows), ...weights };
    return outputOf(evaluate(evaluationGraph(compiled(spec(layer))), feeds), 'loss').values[0]!;
  };
  const kernel = { kernelRegularizer: { l1: 0.1, l2: 0.01 } };
  const penalty = 0.1 * 6.5 + 0.01 * (1 + 4 + 0.25 + 9);

  it('of weights are added once to the mean over samples', () => {
    expect(lossOf(kernel, [0, 1, 2]) - lossOf({}, [0, 1, 2])).toBeCloseTo(3 * penalty, 5);
    const bias = { ...kernel, biasRegularizer: { l2: 0.5 } };
    expect(lossOf(bias, [0]) - lossOf({}, [0])).toBeCloseTo(penalty + 1, 5);
  });

  it('of results are summed per sample', () => {
    const activity = { activityRegularizer: { l1: 0.25 } };
    // x·kernel + bias of the first sample: (1 + 1 + 1, −2 + 6 − 1).
    expect(lossOf(activity, [0]) - lossOf({}, [0])).toBeCloseTo(0.25 * 6, 5);
  });

  it('add up over micro-batches and have the gradient that finite differences show', () => {
    const all = { ...kernel, biasRegularizer: { l1: 0.3 }, activityRegularizer: { l1: 0.2, l2: 0.1 } };
    expect(lossOf(all, [0, 1, 2])).toBeCloseTo(lossOf(all, [0, 1]) + lossOf(all, [2]), 4);
    const { forward } = compiled(spec(all));
    const feeds = { x: floats([3, 2], x), ...weights };
    expect(checkGradient(forward.training, 'loss', ['d/kernel', 'd/bias'], feeds)).toMatchObject({
      passed: true,
    });
  });

  it('of a parameter in graph form, and of one that two calls share, count once', () => {
    const shared = compiled({
      inputs: { x: { shape: [2] } },
      functions: { f: { layers: [{ ...dense, useBias: false, ...kernel }] } },
      layers: [
        { type: 'call', function: 'f' },
        { type: 'call', function: 'f' },
      ],
      parameters: { scale: { shape: [2], regularizer: { l2: 2 } } },
      nodes: [{ op: 'Mul', name: 'out', inputs: ['call_2', 'scale'] }],
      loss: { type: 'custom', value: 'out' },
    });
    const feeds = {
      x: floats([2, 2], [0, 0, 0, 0]),
      'f/d/kernel': weights['d/kernel'],
      scale: floats([2], [1, 3]),
    };
    const { values } = outputOf(evaluate(evaluationGraph(shared), feeds), 'loss');
    expect(values[0]).toBeCloseTo(2 * (penalty + 20), 4);
  });
});

describe('a loss or metric that does not fit is refused', () => {
  const model = (loss: object, metrics: readonly unknown[] = [], units = 3) => ({
    inputs: { x: { shape: [2] } },
    layers: [{ type: 'dense', name: 'out', units }],
    loss,
    metrics,
  });
  const cross = { type: 'softmaxCrossEntropy', labels: 'y' };
  it.each([
    [
      'weights of another number of classes',
      model({ ...cross, classWeights: [1, 2] }),
      { code: 'SPEC_LOSS_INVALID', path: 'model.loss.classWeights', expected: '3 numbers', actual: '2' },
    ],
    [
      'an ignored index of shares',
      model({ ...cross, labelKind: 'probabilities', ignoreIndex: 1 }),
      { code: 'SPEC_LOSS_INVALID', path: 'model.loss.ignoreIndex' },
    ],
    [
      'embeddings of two shapes',
      model({ type: 'triplet', embeddings: ['out', 'out', 'narrow'] }),
      { code: 'SPEC_UNKNOWN_VALUE', path: 'model.loss.embeddings[2]' },
    ],
    [
      'a direction of one number',
      model({ type: 'cosineSimilarity', labels: 'y' }, [], 1),
      { code: 'SPEC_LOSS_INVALID', path: 'model.loss', actual: '[1]' },
    ],
    [
      'CTC of a vector',
      model({ type: 'ctc', labels: 'y', labelLength: 2 }),
      { code: 'SPEC_LOSS_INVALID', path: 'model.loss', actual: '[3]' },
    ],
    [
      'CTC over more steps than a graph may have',
      {
        inputs: { x: { shape: [1000, 2] } },
        layers: [{ type: 'dense', name: 'out', units: 3 }],
        loss: { type: 'ctc', labels: 'y', labelLength: 2 },
      },
      { code: 'SPEC_TOO_LARGE', path: 'model.loss', layer: 'ctc' },
    ],
    [
      'an AUC of many elements in many bins',
      {
        inputs: { x: { shape: [100, 100, 2] } },
        layers: [{ type: 'dense', name: 'out', units: 1 }],
        loss: { type: 'sigmoidCrossEntropy', labels: 'y' },
        metrics: [{ type: 'auc', bins: 2000 }],
      },
      { code: 'SPEC_METRIC_INVALID', metric: 'auc' },
    ],
    [
      'an exponential before the logarithm of a rate',
      {
        ...model({ type: 'poisson', labels: 'y' }),
        layers: [{ type: 'dense', name: 'out', units: 1, activation: 'exponential' }],
      },
      { code: 'SPEC_SOFTMAX_TWICE', layer: 'out', activation: 'exponential' },
    ],
    [
      'more guesses than classes',
      model(cross, ['topK']),
      {
        code: 'SPEC_METRIC_INVALID',
        path: 'model.metrics[0]',
        problem: 'topK: k is 5, and there are 3 classes',
      },
    ],
    [
      'a threshold for classes',
      model(cross, [{ type: 'precision', threshold: 0.3 }]),
      { code: 'SPEC_METRIC_INVALID', metric: 'precision' },
    ],
    [
      'a table of many classes',
      model(cross, ['confusionMatrix'], 129),
      { code: 'SPEC_METRIC_INVALID', metric: 'confusionMatrix' },
    ],
    [
      'a loss that does not exist',
      model({ ...cross, name: 'digit' }, [{ type: 'accuracy', loss: 'digits' }]),
      { code: 'SPEC_METRIC_INVALID', problem: 'there is no loss "digits"; did you mean "digit"?' },
    ],
    [
      'two curves of one name',
      model(cross, ['accuracy', { type: 'recall', name: 'accuracy' }]),
      { code: 'SPEC_DUPLICATE_NAME', path: 'model.metrics[1]', name: 'accuracy', other: 'model.metrics[0]' },
    ],
  ])('%s', (_, spec, expected) => {
    expect(refusal(spec)).toMatchObject(expected);
  });
});
