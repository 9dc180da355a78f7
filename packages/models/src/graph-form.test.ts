import { evaluate } from '@descent/autodiff';
import { isDescentError } from '@descent/errors';
import { describe, expect, it } from 'vitest';
import { inferenceGraph, trainingGraph } from './graphs.ts';
import { compiled, counting, floats, outputOf } from './reference.fixture.ts';

const loss = { type: 'meanSquaredError', labels: 'y' };
const inputs = { x: { shape: [2] } };

function refusal(spec: object) {
  try {
    compiled({ inputs, loss, parameters: { w: { shape: [2, 3] } }, ...spec });
  } catch (error) {
    if (isDescentError(error)) return { code: error.code, message: error.message, details: error.details };
    throw error;
  }
  throw new Error('the spec was accepted');
}

describe('a model of operations', () => {
  it('computes what its nodes say, written in any order', () => {
    const model = compiled({
      inputs,
      loss,
      parameters: { w: { shape: [2, 3] } },
      constants: { shift: { shape: [3], values: [10, 20, 30] } },
      nodes: [
        { op: 'Add', name: 'out', inputs: ['product', 'shift'] },
        { op: 'MatMul', name: 'product', inputs: ['x', 'w'] },
      ],
    });
    const evaluation = evaluate(inferenceGraph(model), { x: counting(1, 2), w: counting(2, 3) });
    expect(outputOf(evaluation, 'prediction')).toEqual({ values: [19, 32, 45], shape: [1, 3] });
    expect(model.layers).toEqual([
      { name: 'product', type: 'MatMul', path: 'model.nodes[1]', outputShape: ['batch', 3], parameters: 6 },
      { name: 'out', type: 'Add', path: 'model.nodes[0]', outputShape: ['batch', 3], parameters: 0 },
    ]);
  });

  it('reads a layer of images channels-last', () => {
    const model = compiled({
      inputs: { image: { shape: [1, 2, 2] } },
      loss,
      layers: [{ type: 'conv2d', name: 'c', filters: 2, kernelSize: 1, useBias: false }],
      nodes: [{ op: 'Identity', name: 'out', inputs: ['c'] }],
    });
    const evaluation = evaluate(inferenceGraph(model), {
      image: floats([1, 1, 2, 2], [1, 10, 2, 20]),
      'c/kernel': floats([2, 2, 1, 1], [1, 0, 0, 1]),
    });
    expect(outputOf(evaluation, 'prediction').values).toEqual([1, 10, 2, 20]);
  });

  it('gives gradients of trainable parameters only', () => {
    const graph = trainingGraph(
      compiled({
        inputs,
        loss,
        parameters: { w: { shape: [2, 3] }, frozen: { shape: [3], trainable: false } },
        nodes: [
          { op: 'MatMul', name: 'product', inputs: ['x', 'w'] },
          { op: 'Add', name: 'out', inputs: ['product', 'frozen'] },
        ],
      }),
    );
    expect([...graph.outputs.keys()]).toEqual(['loss', 'gradient/w']);
  });
});

describe('a node that does not fit is refused', () => {
  const product = { op: 'MatMul', name: 'product', inputs: ['x', 'w'] };

  it.each<[string, object, string, Record<string, unknown>]>([
    [
      'an unknown operation',
      { nodes: [{ ...product, op: 'Matmul' }] },
      'SPEC_UNKNOWN_OPERATION',
      { path: 'model.nodes[0].op', op: 'Matmul', didYouMean: 'MatMul' },
    ],
    [
      'an operation of the backward pass',
      { nodes: [{ ...product, op: 'ReluGrad' }] },
      'SPEC_UNKNOWN_OPERATION',
      { path: 'model.nodes[0].op', op: 'ReluGrad' },
    ],
    [
      'shapes that cannot be multiplied',
      { nodes: [product, { op: 'MatMul', name: 'again', inputs: ['product', 'w'] }] },
      'SPEC_SHAPE_MISMATCH',
      { layer: 'again', path: 'model.nodes[1]', shapes: ['[batch, 3]', '[2, 3]'] },
    ],
    [
      'too few inputs',
      { parameters: {}, nodes: [{ ...product, inputs: ['x'] }] },
      'SPEC_NODE_INVALID',
      { layer: 'product', path: 'model.nodes[0]', op: 'MatMul' },
    ],
    [
      'an attribute that the operation does not have',
      { nodes: [{ ...product, attributes: { axis: 1 } }] },
      'SPEC_NODE_INVALID',
      { layer: 'product', attribute: 'axis' },
    ],
    [
      'an unknown value',
      { nodes: [{ ...product, inputs: ['x', 'v'] }] },
      'SPEC_UNKNOWN_VALUE',
      { path: 'model.nodes[0].inputs[1]', name: 'v' },
    ],
    [
      'two values that could be the prediction',
      { nodes: [product, { ...product, name: 'other' }] },
      'SPEC_PREDICTION_UNCLEAR',
      { candidates: 'product, other' },
    ],
    [
      'a prediction without a batch axis',
      {
        nodes: [product, { op: 'ReduceSum', name: 'sum', inputs: ['product'], attributes: { keepdims: 0 } }],
      },
      'SPEC_LOSS_INVALID',
      { path: 'model.loss', actual: 'float32 []' },
    ],
    [
      'a layer on a value without a batch axis',
      {
        nodes: [product, { op: 'ReduceSum', name: 'sum', inputs: ['product'], attributes: { keepdims: 0 } }],
        layers: [{ type: 'dense', units: 1, name: 'd', inputs: ['sum'] }],
      },
      'SPEC_LAYER_INVALID',
      { layer: 'd' },
    ],
    [
      'a constant with too few values',
      {
        parameters: {},
        constants: { k: { shape: [2, 2], values: [1, 2, 3] } },
        nodes: [{ ...product, inputs: ['x', 'k'] }],
      },
      'SPEC_CONSTANT_INVALID',
      { path: 'model.constants.k' },
    ],
    [
      'an int64 constant with a fraction',
      {
        constants: { k: { shape: [1], values: [0.5], dtype: 'int64' } },
        nodes: [product, { op: 'ReduceSum', name: 'sum', inputs: ['product', 'k'] }],
      },
      'SPEC_CONSTANT_INVALID',
      { path: 'model.constants.k', problem: 'value 0 is 0.5, which is no whole number' },
    ],
  ])('%s', (_, spec, code, details) => {
    expect(refusal(spec)).toMatchObject({ code, details });
  });

  it('says so in the words of the operation', () => {
    const spec = { nodes: [product, { op: 'MatMul', name: 'again', inputs: ['product', 'w'] }] };
    expect(refusal(spec).message).toMatch(
      /^Layer "again" \(model\.nodes\[1\]\): MatMul: .*\[batch, 3\].*\[2, 3\]/,
    );
  });
});
