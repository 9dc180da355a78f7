import { ModelSpec, validate } from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import { describe, expect, it } from 'vitest';
import { compileModel } from './compile-model.ts';
import { compiled } from './reference.fixture.ts';

const softmaxLoss = { type: 'softmaxCrossEntropy', labels: 'label' };
const squaredLoss = { type: 'meanSquaredError', labels: 'y' };
const image = { image: { shape: [28, 28, 1] } };
const vector = { x: { shape: [4] } };
const logits = { type: 'dense', units: 10, name: 'logits' };

function refusal(spec: unknown): { code: string; details: Record<string, unknown>; message: string } {
  try {
    compiled(spec);
  } catch (error) {
    if (isDescentError(error)) return { code: error.code, details: error.details, message: error.message };
    throw error;
  }
  throw new Error('the spec was accepted');
}

const layersOn = (inputs: object, layers: object[], loss: object = squaredLoss) => ({ inputs, layers, loss });

describe('a spec that is no model is refused', () => {
  it.each<[string, unknown, string, Record<string, unknown>]>([
    [
      'an unknown layer type',
      layersOn(vector, [{ type: 'dens', units: 3 }]),
      'SPEC_UNKNOWN_LAYER',
      { path: 'model.layers[0].type', layer: 'layers[0]', didYouMean: 'dense' },
    ],
    [
      'a layer without its units',
      layersOn(vector, [{ type: 'dense' }]),
      'REQUEST_INVALID',
      { path: 'model.layers[0].units' },
    ],
    [
      'a convolution of a vector',
      layersOn(vector, [logits, { type: 'conv2d', filters: 2, kernelSize: 3, name: 'edges' }]),
      'SPEC_SHAPE_MISMATCH',
      { path: 'model.layers[1]', layer: 'edges', expected: '[height, width, channels]', actual: '[10]' },
    ],
    [
      'a dense layer on a plain number',
      layersOn({ x: { shape: [] } }, [logits]),
      'SPEC_SHAPE_MISMATCH',
      { layer: 'logits', expected: '[features]', actual: '[]' },
    ],
    [
      'a reshape to another number of elements',
      layersOn(vector, [logits, { type: 'reshape', shape: [3, 3] }]),
      'SPEC_SHAPE_MISMATCH',
      { layer: 'reshape_1', expected: '[3, 3]', actual: '[10]' },
    ],
    [
      'a sum of two shapes',
      layersOn(vector, [logits, { type: 'add', inputs: ['logits', 'x'], name: 'sum' }]),
      'SPEC_SHAPE_MISMATCH',
      { layer: 'sum', path: 'model.layers[1]', expected: '[10]', actual: '[4]' },
    ],
    [
      'a concatenation of images of two heights',
      layersOn(image, [
        { type: 'conv2d', filters: 2, kernelSize: 3, name: 'small' },
        { type: 'concat', inputs: ['image', 'small'] },
      ]),
      'SPEC_SHAPE_MISMATCH',
      { layer: 'concat_1', expected: '[28, 28, any]', actual: '[26, 26, 2]' },
    ],
    [
      'a concatenation along an axis that is not there',
      layersOn(vector, [logits, { type: 'concat', inputs: ['logits', 'x'], axis: 1 }]),
      'SPEC_SHAPE_MISMATCH',
      { expected: 'axes -1 to 0', actual: '[10]' },
    ],
    [
      'a kernel larger than its image',
      layersOn(image, [{ type: 'conv2d', filters: 2, kernelSize: [29, 3], name: 'wide' }]),
      'SPEC_WINDOW_TOO_LARGE',
      { layer: 'wide', path: 'model.layers[0]', window: '29×3', input: '28×28' },
    ],
    [
      'one pooling layer too many',
      layersOn({ image: { shape: [3, 3, 1] } }, [{ type: 'maxPool2d' }, { type: 'maxPool2d' }]),
      'SPEC_WINDOW_TOO_LARGE',
      { layer: 'maxPool2d_2', window: '2×2', input: '1×1' },
    ],
    [
      'padding as wide as the window',
      layersOn({ image: { shape: [1, 1, 1] } }, [
        { type: 'conv2d', filters: 1, kernelSize: 1, strides: 1, padding: 'same' },
        { type: 'averagePool2d', poolSize: 1, strides: 1, padding: 'same' },
        { type: 'maxPool2d', poolSize: [1, 9], padding: 'valid' },
      ]),
      'SPEC_WINDOW_TOO_LARGE',
      { layer: 'maxPool2d_1', window: '1×9', input: '1×1' },
    ],
    [
      'an unknown input of a layer',
      layersOn(vector, [logits, { type: 'add', inputs: ['logit', 'x'] }]),
      'SPEC_UNKNOWN_VALUE',
      { path: 'model.layers[1].inputs[0]', name: 'logit', didYouMean: 'logits' },
    ],
    [
      'an unknown prediction',
      { ...layersOn(vector, [logits]), loss: { ...squaredLoss, prediction: 'logit' } },
      'SPEC_UNKNOWN_VALUE',
      { path: 'model.loss.prediction', didYouMean: 'logits' },
    ],
    [
      'a name that is used twice',
      layersOn(vector, [logits, logits]),
      'SPEC_DUPLICATE_NAME',
      { path: 'model.layers[1].name', name: 'logits', other: 'model.layers[0].name' },
    ],
    [
      'a layer with the name of the labels',
      layersOn(vector, [{ ...logits, name: 'y' }]),
      'SPEC_DUPLICATE_NAME',
      { path: 'model.layers[0].name', other: 'model.loss.labels' },
    ],
    [
      'a metric that is listed twice',
      { ...layersOn(vector, [logits], softmaxLoss), metrics: ['accuracy', 'accuracy'] },
      'SPEC_DUPLICATE_NAME',
      { path: 'model.metrics[1]', other: 'model.metrics[0]' },
    ],
    [
      'a cycle',
      layersOn(vector, [
        { type: 'add', name: 'a', inputs: ['x', 'c'] },
        { type: 'dense', units: 4, name: 'b', inputs: ['a'] },
        { type: 'dense', units: 4, name: 'c', inputs: ['b'] },
      ]),
      'SPEC_CYCLE',
      { path: 'model.layers[0]', layer: 'a', cycle: 'b → c → a → b' },
    ],
    [
      'a layer that reads itself',
      layersOn(vector, [{ type: 'dense', units: 4, name: 'me', inputs: ['me'] }]),
      'SPEC_CYCLE',
      { layer: 'me', cycle: 'me → me' },
    ],
    [
      'an unused input',
      layersOn({ ...vector, spare: { shape: [2] } }, [{ ...logits, inputs: ['x'] }]),
      'SPEC_UNUSED',
      { path: 'model.inputs.spare', name: 'spare', what: 'input' },
    ],
    [
      'an unused layer',
      layersOn(vector, [
        { ...logits, name: 'lost' },
        { ...logits, inputs: ['x'] },
      ]),
      'SPEC_UNUSED',
      { path: 'model.layers[0]', name: 'lost', what: 'layer' },
    ],
    [
      'an unused parameter',
      { ...layersOn(vector, [logits]), parameters: { w: { shape: [2] } } },
      'SPEC_UNUSED',
      { path: 'model.parameters.w', what: 'parameter' },
    ],
    [
      'an unused constant',
      { ...layersOn(vector, [logits]), constants: { k: { shape: [1], values: [1] } } },
      'SPEC_UNUSED',
      { path: 'model.constants.k', what: 'constant' },
    ],
    ['a model of nothing', layersOn(vector, []), 'SPEC_EMPTY', { path: 'model' }],
    [
      'a model with nothing to train',
      layersOn(vector, [{ type: 'flatten' }]),
      'SPEC_EMPTY',
      { path: 'model' },
    ],
    [
      'a first layer that does not say which of two inputs it reads',
      layersOn({ a: { shape: [2] }, b: { shape: [2] } }, [logits]),
      'SPEC_LAYER_INVALID',
      { layer: 'logits', path: 'model.layers[0]' },
    ],
    ['a model without inputs', layersOn({}, [logits]), 'SPEC_LAYER_INVALID', { layer: 'logits' }],
    [
      'a dense layer of two inputs',
      layersOn(vector, [logits, { ...logits, name: 'two', inputs: ['logits', 'x'] }]),
      'SPEC_LAYER_INVALID',
      { layer: 'two', problem: 'dense takes exactly one input, got 2' },
    ],
    [
      'an add of one input',
      layersOn(vector, [logits, { type: 'add' }]),
      'SPEC_LAYER_INVALID',
      { layer: 'add_1', problem: 'add takes two or more inputs (`inputs`), got 1' },
    ],
    [
      'a layer on integers',
      layersOn({ x: { shape: [4], dtype: 'int32' } }, [logits]),
      'SPEC_LAYER_INVALID',
      { layer: 'logits' },
    ],
    [
      'logits of a single class',
      layersOn(vector, [{ ...logits, units: 1 }], softmaxLoss),
      'SPEC_LOSS_INVALID',
      { path: 'model.loss', layer: 'logits', actual: '[1]' },
    ],
    [
      'labels of another shape than the prediction',
      layersOn({ ...vector, y: { shape: [3] } }, [logits]),
      'SPEC_LOSS_INVALID',
      { path: 'model.inputs.y', expected: 'float32 [10]', actual: 'float32 [3]' },
    ],
    [
      'labels of the wrong kind',
      layersOn({ ...vector, label: { shape: [] } }, [logits], softmaxLoss),
      'SPEC_LOSS_INVALID',
      { path: 'model.inputs.label', expected: 'int32 []', actual: 'float32 []' },
    ],
    [
      'a missing label',
      layersOn(vector, [logits], { type: 'meanSquaredError' }),
      'REQUEST_INVALID',
      { path: 'model.loss.labels' },
    ],
    [
      'a softmax before softmaxCrossEntropy',
      layersOn(vector, [{ ...logits, activation: 'softmax' }], softmaxLoss),
      'SPEC_SOFTMAX_TWICE',
      { layer: 'logits', path: 'model.layers[0]', activation: 'softmax' },
    ],
    [
      'a sigmoid before sigmoidCrossEntropy, through a flatten',
      layersOn(
        vector,
        [logits, { type: 'activation', activation: 'sigmoid', name: 'out' }, { type: 'flatten' }],
        {
          type: 'sigmoidCrossEntropy',
          labels: 'y',
        },
      ),
      'SPEC_SOFTMAX_TWICE',
      { layer: 'out', path: 'model.layers[1]', activation: 'sigmoid' },
    ],
    [
      'a softmax inside a block before softmaxCrossEntropy',
      layersOn(
        vector,
        [{ type: 'repeat', times: 1, layers: [logits, { type: 'softmax', name: 'p' }] }],
        softmaxLoss,
      ),
      'SPEC_SOFTMAX_TWICE',
      { layer: 'repeat_1_1/p', path: 'model.layers[0].layers[1]', activation: 'softmax' },
    ],
    [
      'accuracy of a regression',
      { ...layersOn(vector, [logits]), metrics: ['accuracy'] },
      'SPEC_METRIC_INVALID',
      { path: 'model.metrics[0]', metric: 'accuracy', loss: 'meanSquaredError' },
    ],
    [
      'a model of 10⁹ parameters',
      layersOn({ x: { shape: [1000] } }, [{ ...logits, units: 1_000_000, name: 'huge' }]),
      'SPEC_TOO_LARGE',
      { path: 'model.layers[0]', layer: 'huge', actual: 1_000_000_000, limit: 200_000_000 },
    ],
    [
      'an input of 2³² elements',
      layersOn({ x: { shape: [65_536, 65_536, 1] } }, [logits]),
      'SPEC_TOO_LARGE',
      { path: 'model.inputs.x', layer: 'x', actual: 2 ** 32, limit: 2 ** 31 },
    ],
    [
      'a layer whose output is too large',
      layersOn({ x: { shape: [65_536, 32_768, 1] } }, [{ ...logits, units: 2, name: 'wide' }]),
      'SPEC_TOO_LARGE',
      { path: 'model.layers[0]', layer: 'wide', actual: 2 ** 32 },
    ],
  ])('%s', (_, spec, code, details) => {
    const actual = refusal(spec);
    expect({ code: actual.code, details: actual.details }).toMatchObject({ code, details });
  });

  it('more layers and nodes than allowed', () => {
    const layers = Array.from({ length: 10_001 }, () => ({ type: 'activation', activation: 'relu' }));
    expect(refusal(layersOn(vector, layers))).toMatchObject({
      code: 'REQUEST_INVALID',
      message: 'model.layers: must have at most 10000 elements, got 10001',
    });
  });

  it('says it in one sentence with both shapes', () => {
    const spec = layersOn(vector, [logits, { type: 'conv2d', filters: 2, kernelSize: 3, name: 'edges' }]);
    expect(refusal(spec).message).toBe(
      'Layer "edges" (model.layers[1]): it works on images; expected [height, width, channels], got [10]',
    );
  });
});

describe('compileModel', () => {
  it('accepts a chain of the largest number of layers', () => {
    const layers = [
      ...Array.from({ length: 9_999 }, () => ({ type: 'activation', activation: 'relu' })),
      { ...logits, name: 'last' },
    ];
    expect(compiled(layersOn(vector, layers)).layers).toHaveLength(10_000);
  });

  it('reads layers in the order of their connections, not of the list', () => {
    const model = compiled({
      inputs: vector,
      layers: [
        { type: 'dense', units: 2, name: 'second', inputs: ['first'] },
        { type: 'dense', units: 3, name: 'first', inputs: ['x'] },
      ],
      loss: { ...squaredLoss, prediction: 'second' },
    });
    expect(model.layers.map(({ name }) => name)).toEqual(['first', 'second']);
  });

  it('names layers that have no name by type and number, around names that are given', () => {
    const layers = [
      { type: 'dense', units: 2 },
      { type: 'dense', units: 2 },
      { type: 'dense', units: 2, name: 'dense_2' },
    ];
    expect(compiled(layersOn(vector, layers)).layers.map(({ name }) => name)).toEqual([
      'dense_1',
      'dense_3',
      'dense_2',
    ]);
  });

  it('puts every parameter on a multiple of 16 elements, frozen ones last', () => {
    const { layout } = compiled({
      inputs: vector,
      parameters: { shift: { shape: [4], trainable: false, initializer: 'ones' } },
      nodes: [{ op: 'Add', name: 'shifted', inputs: ['x', 'shift'] }],
      layers: [{ type: 'dense', units: 5, name: 'd', inputs: ['shifted'] }],
      loss: { ...squaredLoss, prediction: 'd' },
    });
    expect(layout).toEqual({
      entries: [
        {
          name: 'd/kernel',
          shape: [4, 5],
          initializer: 'glorotUniform',
          trainable: true,
          offset: 0,
          length: 20,
        },
        { name: 'd/bias', shape: [5], initializer: 'zeros', trainable: true, offset: 32, length: 5 },
        { name: 'shift', shape: [4], initializer: 'ones', trainable: false, offset: 48, length: 4 },
      ],
      elements: 64,
      trainableElements: 48,
      gradientElements: 48,
    });
  });

  it('writes paths below the place that the caller names', () => {
    const spec = validate(ModelSpec, layersOn(vector, []));
    expect(() => compileModel(spec, { at: ['spec'] })).toThrow('spec: has neither layers nor nodes');
  });
});
