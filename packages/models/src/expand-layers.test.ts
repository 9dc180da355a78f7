import { evaluate } from '@descent/autodiff';
import { isDescentError } from '@descent/errors';
import { describe, expect, it } from 'vitest';
import { inferenceGraph } from './graphs.ts';
import { compiled, floats, outputOf } from './reference.fixture.ts';

const loss = { type: 'meanSquaredError', labels: 'y' };
const inputs = { x: { shape: [2] } };
const dense = { type: 'dense', units: 2 };
const model = (layers: readonly object[], more: object = {}) => ({ inputs, layers, loss, ...more });
const parametersOf = (spec: object) => compiled(spec).layout.entries.map(({ name }) => name);

function refusal(spec: object) {
  try {
    compiled(spec);
  } catch (error) {
    if (isDescentError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('the spec was accepted');
}

describe('repeat', () => {
  it('copies its layers, each with parameters of its own', () => {
    const layers = [{ type: 'repeat', name: 'block', times: 2, layers: [dense, { ...dense, name: 'out' }] }];
    expect(parametersOf(model(layers))).toEqual([
      'block_1/dense_1/kernel',
      'block_1/dense_1/bias',
      'block_1/out/kernel',
      'block_1/out/bias',
      'block_2/dense_1/kernel',
      'block_2/dense_1/bias',
      'block_2/out/kernel',
      'block_2/out/bias',
    ]);
  });

  it('of one layer without a name gives the copies its names', () => {
    const layers = [{ type: 'repeat', name: 'block', times: 2, layers: [{ ...dense, useBias: false }] }];
    expect(parametersOf(model(layers))).toEqual(['block_1/kernel', 'block_2/kernel']);
    expect(compiled(model(layers)).layers.map(({ name, type }) => [name, type])).toEqual([
      ['block_1', 'dense'],
      ['block_2', 'dense'],
      ['block', 'repeat'],
    ]);
  });

  it('feeds each copy to the next', () => {
    const layers = [{ type: 'repeat', name: 'r', times: 3, layers: [{ ...dense, useBias: false }] }];
    const kernel = (factor: number) => floats([2, 2], [factor, 0, 0, factor]);
    const feeds = {
      x: floats([1, 2], [1, 2]),
      'r_1/kernel': kernel(2),
      'r_2/kernel': kernel(3),
      'r_3/kernel': kernel(5),
    };
    const { values } = outputOf(evaluate(inferenceGraph(compiled(model(layers))), feeds), 'prediction');
    expect(values).toEqual([30, 60]);
  });

  it('lets its layers read each other, the copy before as "input", and what is outside', () => {
    const layers = [
      { ...dense, name: 'outside' },
      {
        type: 'repeat',
        times: 2,
        layers: [
          { ...dense, name: 'a' },
          { type: 'add', inputs: ['a', 'input', 'outside'] },
        ],
      },
    ];
    expect(compiled(model(layers)).layers.map(({ name }) => name)).toContain('repeat_1_2/add_1');
  });

  it.each([
    [1_000_000_000, [dense], 'the number of layers and nodes is 1000000001; at most 10000 are allowed'],
    [
      2_147_483_647,
      [
        {
          type: 'repeat',
          times: 2_147_483_647,
          layers: [{ type: 'repeat', times: 2_147_483_647, layers: [dense] }],
        },
      ],
      'the number of layers and nodes is 9007199254740991; at most 10000 are allowed',
    ],
  ])('%i times is refused at once', (times, layers, message) => {
    expect(refusal(model([{ type: 'repeat', times, layers }]))).toEqual({
      code: 'SPEC_TOO_LARGE',
      message: `model: ${message}`,
    });
  });

  it('is refused when a copy would have the name of another layer', () => {
    const layers = [
      { type: 'repeat', name: 'd', times: 2, layers: [dense] },
      { ...dense, name: 'd_2' },
    ];
    expect(refusal(model(layers)).code).toBe('SPEC_DUPLICATE_NAME');
  });

  it('says which copy does not fit', () => {
    const layers = [
      { type: 'repeat', name: 'c', times: 3, layers: [{ type: 'maxPool1d', name: 'halve' }] },
      { type: 'flatten' },
      dense,
    ];
    expect(refusal({ ...model(layers), inputs: { x: { shape: [4, 1] } } }).message).toBe(
      'Layer "c_3/halve" (model.layers[0].layers[0]): a window of 2 does not fit into its input of 1',
    );
  });
});

describe('residual', () => {
  it('adds what its layers made to what came in', () => {
    const layers = [{ type: 'residual', name: 'r', layers: [{ ...dense, name: 'd', useBias: false }] }];
    const feeds = { x: floats([1, 2], [1, 2]), 'r/d/kernel': floats([2, 2], [10, 0, 0, 10]) };
    const run = (spec: object) =>
      outputOf(evaluate(inferenceGraph(compiled(spec)), feeds), 'prediction').values;
    expect(run(model(layers))).toEqual([11, 22]);
  });

  it('goes through its shortcut, and an activation after the sum', () => {
    const layers = [
      {
        type: 'residual',
        name: 'r',
        layers: [{ type: 'dense', name: 'd', units: 1, useBias: false }],
        shortcut: [{ type: 'dense', units: 1, useBias: false }],
        activation: 'relu',
      },
    ];
    const feeds = {
      x: floats([2, 2], [1, 2, 1, -2]),
      'r/d/kernel': floats([2, 1], [1, 1]),
      'r/shortcut/kernel': floats([2, 1], [0, 1]),
    };
    const { values } = outputOf(evaluate(inferenceGraph(compiled(model(layers))), feeds), 'prediction');
    expect(values).toEqual([5, 0]);
  });

  it('names both shapes when they differ', () => {
    const layers = [{ type: 'residual', name: 'r', layers: [{ type: 'dense', units: 3 }] }];
    expect(refusal(model(layers)).message).toBe(
      'Layer "r" (model.layers[0]): the result of its layers is added to its input, as there is no `shortcut`, of shape [2]; expected [2], got [3]',
    );
  });
});

describe('functions', () => {
  const encode = { encode: { layers: [dense, { type: 'activation', activation: 'relu' }] } };
  const call = { type: 'call', function: 'encode' };

  it('share their parameters between all calls', () => {
    const spec = model([call, call, { type: 'dense', units: 1 }], { functions: encode });
    expect(parametersOf(spec)).toEqual([
      'encode/dense_1/kernel',
      'encode/dense_1/bias',
      'dense_1/kernel',
      'dense_1/bias',
    ]);
    expect(compiled(spec).layers.map(({ name, parameters }) => [name, parameters])).toEqual([
      ['call_1/dense_1', 6],
      ['call_1/activation_1', 0],
      ['call_1', 0],
      ['call_2/dense_1', 0],
      ['call_2/activation_1', 0],
      ['call_2', 0],
      ['dense_1', 3],
    ]);
  });

  it('have dropout masks of their own in each call', () => {
    const functions = { f: { layers: [dense, { type: 'dropout', rate: 0.5 }] } };
    const spec = model(
      [
        { type: 'call', function: 'f' },
        { type: 'call', function: 'f' },
      ],
      { functions },
    );
    expect(compiled(spec).randomInputs.map(({ name }) => name)).toEqual([
      'call_1/dropout_1/mask',
      'call_2/dropout_1/mask',
    ]);
  });

  it('name their inputs, and see nothing else of the model', () => {
    const functions = {
      f: { inputs: ['a', 'b'], layers: [{ type: 'subtract', inputs: ['a', 'b'] }, dense] },
    };
    const layers = [
      { ...dense, name: 'd' },
      { type: 'call', function: 'f', inputs: ['d', 'x'] },
    ];
    expect(compiled(model(layers, { functions })).layers.at(-1)?.outputShape).toEqual(['batch', 2]);
    const outer = { f: { layers: [{ type: 'add', inputs: ['input', 'd'] }] } };
    expect(
      refusal(
        model(
          [
            { ...dense, name: 'd' },
            { type: 'call', function: 'f' },
          ],
          { functions: outer },
        ),
      ),
    ).toEqual({
      code: 'SPEC_UNKNOWN_VALUE',
      message: 'model.functions.f.layers[0].inputs[1]: there is no input, layer or node "d"',
    });
  });

  it.each<[string, object[], object, string]>([
    [
      'that calls itself',
      [call],
      { encode: { layers: [call] } },
      'model.functions.encode.layers[0]: the model runs in a circle: encode → encode',
    ],
    [
      'that calls itself through another',
      [call],
      { encode: { layers: [dense, { type: 'call', function: 'g' }] }, g: { layers: [call] } },
      'model.functions.g.layers[0]: the model runs in a circle: encode → g → encode',
    ],
    [
      'that is not there',
      [{ ...call, function: 'encod' }, call],
      encode,
      'Layer "call_1" (model.layers[0]): the model has no function "encod"; did you mean "encode"?',
    ],
    [
      'that nothing calls',
      [dense],
      encode,
      'model.functions.encode: the loss does not depend on function "encode"',
    ],
    [
      'with another number of inputs',
      [{ ...call, inputs: ['x', 'x'] }],
      encode,
      'Layer "call_1" (model.layers[0]): the function "encode" takes 1 inputs (input), got 2',
    ],
    [
      'on another shape',
      [call, { type: 'dense', units: 3 }, { ...call, name: 'again' }],
      encode,
      'Layer "again/dense_1" (model.functions.encode.layers[0]): "encode/dense_1/kernel" is shared with an earlier call, whose input had another shape; expected [2, 2], got [3, 2]',
    ],
    [
      'of the name of an input',
      [{ type: 'call', function: 'x' }],
      { x: encode.encode },
      'model.functions.x: the name "x" is already used by model.inputs.x',
    ],
  ])('a function %s is refused', (_, layers, functions, message) => {
    expect(refusal(model(layers, { functions })).message).toBe(message);
  });

  it('that double at each call are counted before they are written out', () => {
    const functions = Object.fromEntries(
      Array.from({ length: 25 }, (_, depth) => {
        const inner = depth === 0 ? dense : { type: 'call', function: `f${depth - 1}` };
        return [`f${depth}`, { layers: [inner, inner] }];
      }),
    );
    expect(refusal(model([{ type: 'call', function: 'f24' }], { functions })).message).toMatch(
      'model: the number of layers and nodes is 67108863; at most 10000 are allowed',
    );
  });

  it('inside each other are refused beyond 32', () => {
    const functions = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, depth) => {
        const inner = depth === 0 ? dense : { type: 'call', function: `f${depth - 1}` };
        return [`f${depth}`, { layers: [inner] }];
      }),
    );
    expect(refusal(model([{ type: 'call', function: 'f4999' }], { functions })).message).toMatch(
      'the number of blocks and calls inside each other is 33; at most 32 are allowed',
    );
  });
});

it('a layer inside a block that is no layer is named by its path', () => {
  const layers = [{ type: 'repeat', times: 2, layers: [{ type: 'residual', layers: [{ type: 'dens' }] }] }];
  expect(refusal(model(layers)).message).toBe(
    'model.layers[0].layers[0].layers[0].type: there is no layer type "dens"; did you mean "dense"?',
  );
});
