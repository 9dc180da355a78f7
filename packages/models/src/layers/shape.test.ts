import type { LayerSpec } from '@descent/contracts';
import { describe, expect, it } from 'vitest';
import { after, compiled, counting, floats } from '../reference.fixture.ts';

const loss = { type: 'meanSquaredError', labels: 'y' };

describe('layers that move values', () => {
  it.each<[string, LayerSpec, readonly number[], readonly number[], readonly number[]]>([
    ['permute', { type: 'permute', dims: [1, 0] }, [2, 3], [1, 4, 2, 5, 3, 6], [1, 3, 2]],
    [
      'zeroPadding1d',
      { type: 'zeroPadding1d', padding: [1, 0] },
      [2, 3],
      [0, 0, 0, 1, 2, 3, 4, 5, 6],
      [1, 3, 3],
    ],
    ['cropping1d', { type: 'cropping1d', cropping: [1, 0] }, [2, 3], [4, 5, 6], [1, 1, 3]],
    ['upSampling1d', { type: 'upSampling1d' }, [2, 3], [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6], [1, 4, 3]],
    [
      'zeroPadding2d',
      {
        type: 'zeroPadding2d',
        padding: [
          [0, 1],
          [1, 0],
        ],
      },
      [1, 2, 1],
      [0, 1, 2, 0, 0, 0],
      [1, 2, 3, 1],
    ],
    ['cropping2d', { type: 'cropping2d', cropping: [0, 1] }, [1, 3, 2], [3, 4], [1, 1, 1, 2]],
    [
      'upSampling2d',
      { type: 'upSampling2d', size: [1, 2] },
      [2, 1, 2],
      [1, 2, 1, 2, 3, 4, 3, 4],
      [1, 2, 2, 2],
    ],
    ['globalMaxPool1d', { type: 'globalMaxPool1d' }, [2, 3], [4, 5, 6], [1, 3]],
    ['globalAveragePool1d', { type: 'globalAveragePool1d' }, [2, 3], [2.5, 3.5, 4.5], [1, 3]],
    ['maxPool1d', { type: 'maxPool1d', strides: 1 }, [3, 1], [2, 3], [1, 2, 1]],
    ['averagePool3d', { type: 'averagePool3d', poolSize: [1, 2, 1] }, [1, 2, 2, 1], [2, 3], [1, 1, 1, 2, 1]],
  ])('%s', (_, layer, shape, values, result) => {
    expect(after(shape, [layer], { x: counting(1, ...shape) })).toEqual({ values, shape: result });
  });

  it('upSampling2d interpolates between pixel centres', () => {
    const x = floats([1, 1, 2, 1], [0, 4]);
    const layer: LayerSpec = { type: 'upSampling2d', size: [1, 2], interpolation: 'bilinear' };
    expect(after([1, 2, 1], [layer], { x }).values).toEqual([0, 1, 3, 4]);
  });

  it('repeatVector gives each step the same vector', () => {
    expect(after([2], [{ type: 'repeatVector', times: 3 }], { x: floats([1, 2], [5, 7]) })).toEqual({
      values: [5, 7, 5, 7, 5, 7],
      shape: [1, 3, 2],
    });
  });
});

describe('layers that join', () => {
  const join = (layer: object) => {
    const spec = [
      { type: 'rescaling', name: 'twice', scale: 2, inputs: ['unit'] },
      { ...layer, inputs: ['unit', 'twice'] },
    ] as readonly LayerSpec[];
    return after([2, 3], spec, { x: floats([1, 2, 3], [1, -2, 3, 4, 0, 6]) });
  };
  it.each([
    ['subtract', [-1, 2, -3, -4, 0, -6]],
    ['multiply', [2, 8, 18, 32, 0, 72]],
    ['average', [1.5, -3, 4.5, 6, 0, 9]],
    ['maximum', [2, -2, 6, 8, 0, 12]],
    ['minimum', [1, -4, 3, 4, 0, 6]],
  ])('%s', (type, values) => {
    expect(join({ type }).values).toEqual(values);
  });

  it('dot sums over an axis of each', () => {
    expect(join({ type: 'dot' })).toEqual({ values: [28, 44, 44, 104], shape: [1, 2, 2] });
    expect(join({ type: 'dot', axes: [0, 0] })).toEqual({
      values: [34, -4, 54, -4, 8, -12, 54, -12, 90],
      shape: [1, 3, 3],
    });
  });

  it('dot of two vectors is one number, normalised the cosine of their angle', () => {
    const layers: readonly LayerSpec[] = [
      { type: 'rescaling', name: 'other', scale: -3, inputs: ['unit'] },
      { type: 'dot', inputs: ['unit', 'other'], normalize: true },
    ];
    const { values, shape } = after([2], layers, { x: floats([1, 2], [3, 4]) });
    expect(shape).toEqual([1, 1]);
    expect(values[0]).toBeCloseTo(-1, 6);
  });
});

describe('convolutions', () => {
  const run = (shape: readonly number[], layer: LayerSpec, kernel: [readonly number[], readonly number[]]) =>
    after(shape, [{ ...layer, name: 'c', useBias: false } as LayerSpec], {
      x: counting(1, ...shape),
      'c/kernel': floats(...kernel),
    });

  it('conv1d causal sees nothing later', () => {
    const layer: LayerSpec = {
      type: 'conv1d',
      filters: 1,
      kernelSize: 2,
      padding: 'causal',
      dilationRate: 2,
    };
    expect(
      run([4, 1], layer, [
        [1, 1, 2],
        [10, 1],
      ]),
    ).toEqual({ values: [1, 2, 13, 24], shape: [1, 4, 1] });
  });

  it('conv1d in groups keeps channels apart', () => {
    const layer: LayerSpec = { type: 'conv1d', filters: 2, kernelSize: 1, groups: 2 };
    expect(
      run([2, 2], layer, [
        [2, 1, 1],
        [1, 10],
      ]).values,
    ).toEqual([1, 20, 3, 40]);
  });

  it('conv3d slides over three axes', () => {
    const layer: LayerSpec = { type: 'conv3d', filters: 1, kernelSize: 2 };
    const kernel: [number[], number[]] = [
      [1, 1, 2, 2, 2],
      [1, 1, 1, 1, 1, 1, 1, 1],
    ];
    expect(run([2, 2, 3, 1], layer, kernel)).toEqual({ values: [48, 56], shape: [1, 1, 1, 2, 1] });
  });

  it('depthwiseConv2d gives each channel its own kernels', () => {
    const layer: LayerSpec = { type: 'depthwiseConv2d', kernelSize: [1, 2], depthMultiplier: 2 };
    // Channel 0 is (1, 3), channel 1 is (2, 4).
    const kernel: [number[], number[]] = [
      [4, 1, 1, 2],
      [1, 1, 1, -1, 2, 0, 0, 2],
    ];
    expect(run([1, 2, 2], layer, kernel)).toEqual({ values: [4, -2, 4, 8], shape: [1, 1, 1, 4] });
  });

  it.each([
    ['valid', [1, 1, 12, 2, 23, 3, 30], 7],
    ['same', [1, 1, 12, 2, 23, 3], 6],
  ] as const)('conv1dTranspose %s adds a kernel for each position', (padding, expected, length) => {
    const layer: LayerSpec = { type: 'conv1dTranspose', filters: 1, kernelSize: 3, strides: 2, padding };
    // Positions 1, 2, 3 add (1, 1, 10) times themselves at 0, 2 and 4.
    expect(
      run([3, 1], layer, [
        [1, 1, 3],
        [1, 1, 10],
      ]),
    ).toEqual({ values: [...expected], shape: [1, length, 1] });
  });

  it('conv2dTranspose leaves what no window touches at zero', () => {
    const layer: LayerSpec = { type: 'conv2dTranspose', filters: 1, kernelSize: 1, strides: [1, 2] };
    expect(run([1, 2, 1], layer, [[1, 1, 1, 1], [5]])).toEqual({
      values: [5, 0, 10, 0],
      shape: [1, 1, 4, 1],
    });
  });

  it('separableConv2d is a depthwise and a pointwise convolution', () => {
    const layer: LayerSpec = {
      type: 'separableConv2d',
      name: 's',
      filters: 1,
      kernelSize: [1, 2],
      useBias: false,
    };
    const feeds = {
      x: counting(1, 1, 2, 2),
      's/depthwiseKernel': floats([2, 1, 1, 2], [1, 1, 1, 1]),
      's/pointwiseKernel': floats([1, 2, 1, 1], [1, 100]),
    };
    expect(after([1, 2, 2], [layer], feeds)).toEqual({ values: [604], shape: [1, 1, 1, 1] });
  });
});

describe('layers that change values', () => {
  const x = floats([1, 4], [-3, -1, 1, 8]);
  it.each<[LayerSpec, readonly number[]]>([
    [{ type: 'relu' }, [0, 0, 1, 8]],
    [{ type: 'relu', maxValue: 6 }, [0, 0, 1, 6]],
    [{ type: 'leakyRelu', alpha: 0.5 }, [-1.5, -0.5, 1, 8]],
    [{ type: 'elu', alpha: 2 }, [2 * Math.expm1(-3), 2 * Math.expm1(-1), 1, 8]],
    [{ type: 'activation', activation: 'relu6' }, [0, 0, 1, 6]],
    [{ type: 'activation', activation: 'leakyRelu' }, [-0.6, -0.2, 1, 8]],
    [{ type: 'activation', activation: 'softsign' }, [-0.75, -0.5, 0.5, 8 / 9]],
    [{ type: 'activation', activation: 'hardSigmoid' }, [0, 1 / 3, 2 / 3, 1]],
    [{ type: 'activation', activation: 'hardSwish' }, [0, -1 / 3, 2 / 3, 8]],
    [{ type: 'activation', activation: 'silu' }, [-3, -1, 1, 8].map((v) => v / (1 + Math.exp(-v)))],
    [{ type: 'activation', activation: 'exponential' }, [-3, -1, 1, 8].map(Math.exp)],
    [{ type: 'activation', activation: 'gelu' }, [-0.00404969, -0.15865526, 0.84134474, 8]],
    [{ type: 'rescaling', scale: 3, offset: 1 }, [-8, -2, 4, 25]],
  ])('%j', (layer, expected) => {
    const { values } = after([4], [layer], { x });
    for (const [index, value] of expected.entries())
      expect(values[index]! / (value || 1)).toBeCloseTo(value === 0 ? 0 : 1, 5);
  });

  it('prelu has a slope for each element that is not shared', () => {
    const layer: LayerSpec = { type: 'prelu', name: 'p', sharedAxes: [0] };
    const feeds = { x: floats([1, 2, 2], [-1, -1, 2, -3]), 'p/alpha': floats([1, 2], [0.5, 2]) };
    expect(after([2, 2], [layer], feeds).values).toEqual([-0.5, -2, 2, -6]);
  });

  it('spatialDropout has one mask for all positions', () => {
    const { randomInputs } = compiled({
      inputs: { x: { shape: [5, 3] } },
      layers: [
        { type: 'spatialDropout', rate: 0.5 },
        { type: 'dense', units: 1 },
      ],
      loss,
    });
    expect(randomInputs[0]).toMatchObject({ shape: [1, 3], rate: 0.5 });
  });
});

describe('what does not fit is refused with both shapes', () => {
  it.each<[readonly number[], object, string]>([
    [
      [2, 3],
      { type: 'permute', dims: [0, 0] },
      'dims [0, 0] does not name each axis once; expected 2 axes, got [2, 3]',
    ],
    [
      [4],
      { type: 'conv1d', filters: 1, kernelSize: 2 },
      'it works on sequences; expected [length, channels], got [4]',
    ],
    [
      [4, 4, 1],
      { type: 'maxPool3d' },
      'it works on volumes; expected [depth, height, width, channels], got [4, 4, 1]',
    ],
    [
      [4, 3],
      { type: 'conv1d', filters: 2, kernelSize: 2, groups: 2 },
      'groups is 2, which does not divide its 3 channels and 2 filters',
    ],
    [
      [4, 1],
      { type: 'conv1d', filters: 2, kernelSize: 3, dilationRate: 2 },
      'a window of 5 does not fit into its input of 4',
    ],
    [[2, 3], { type: 'cropping1d' }, 'it cuts everything off; expected at least [3, channels], got [2, 3]'],
    [[2, 3], { type: 'repeatVector', times: 2 }, 'it repeats a vector; expected [features], got [2, 3]'],
    [[2, 3], { type: 'softmax', axis: 2 }, 'axis 2 does not exist; expected axes -2 to 1, got [2, 3]'],
    [
      [4],
      { type: 'spatialDropout', rate: 0.5 },
      'it drops channels of a sequence or image; expected [..., positions, channels], got [4]',
    ],
    [
      [65_536, 16],
      { type: 'upSampling1d', size: 65_536 },
      'the number of elements of "u" per sample is 68719476736; at most 2147483648 are allowed',
    ],
    [[], { type: 'layerNormalization' }, 'it needs an axis of features; expected [features], got []'],
    [
      [4],
      { type: 'dense', units: 2, kernelInitializer: { type: 'uniform', minimum: 1, maximum: 0 } },
      'the initialiser uniform goes from 1 down to 0',
    ],
    [
      [4],
      { type: 'dense', units: 2, biasInitializer: 'identity' },
      'the initialiser identity is for matrices [rows, columns], not for a parameter of shape [2]',
    ],
    [
      [9000],
      { type: 'dense', units: 9000, kernelInitializer: 'orthogonal' },
      'an orthogonal matrix of shape [9000, 9000] is too much work; use glorotUniform',
    ],
  ])('%j %j', (shape, layer, message) => {
    const layers = [{ ...layer, name: 'u' }, { type: 'flatten' }, { type: 'dense', units: 1 }];
    expect(() => compiled({ inputs: { x: { shape } }, layers, loss })).toThrow(message);
  });
});
