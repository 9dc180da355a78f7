import { evaluate } from '@descent/autodiff';
import { ModelSpec, type ModelTopology, validate } from '@descent/contracts';
import { compileModel, inferenceGraph } from '@descent/models';
import { attributeTypes, encodeMessage, type MessageDraft, tensorProto } from '@descent/onnx-format';
import { type Tensor, tensor } from '@descent/tensors';
import { describe, expect, test } from 'vitest';
import { importOnnx } from './import-onnx.ts';

type NodeDraft = MessageDraft<'NodeProto'>;
type GraphDraft = MessageDraft<'GraphProto'>;
type Attribute = MessageDraft<'AttributeProto'>;

const floats = (shape: readonly number[], ...values: number[]) =>
  tensor('float32', shape, Float32Array.from(values));
const longs = (...values: number[]) => tensor('int64', [values.length], BigInt64Array.from(values, BigInt));
const number = (value: number) => tensor('int64', [], BigInt64Array.of(BigInt(value)));
const node = (opType: string, input: string[], output: string[], ...attribute: Attribute[]): NodeDraft => ({
  opType,
  input,
  output,
  attribute,
});
const int = (name: string, i: number): Attribute => ({ name, type: attributeTypes.int, i });
const constant = (name: string, value: Tensor): NodeDraft =>
  node('Constant', [], [name], { name: 'value', type: attributeTypes.tensor, t: tensorProto('', value) });
const body = (name: string, g: GraphDraft): Attribute => ({ name, type: attributeTypes.graph, g });
const fed = (name: string, ...shape: (number | string)[]): MessageDraft<'ValueInfoProto'> => ({
  name,
  type: {
    tensorType: {
      elemType: 1,
      shape: { dim: shape.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
});

interface Parts extends Omit<GraphDraft, 'initializer'> {
  readonly weights?: Readonly<Record<string, Tensor>>;
  readonly opset?: number;
  readonly functions?: readonly MessageDraft<'FunctionProto'>[];
}

function file({ weights = {}, opset = 17, functions = [], ...graph }: Parts): Uint8Array {
  const initializer = Object.entries(weights).map(([name, value]) => tensorProto(name, value));
  const opsetImport = [{ version: opset }, { domain: 'own', version: 1 }];
  const output = graph.output ?? [{ name: 'y' }];
  return encodeMessage('ModelProto', {
    irVersion: 8,
    opsetImport,
    functions,
    graph: { input: [fed('x', 'n', 4)], ...graph, output, initializer },
  });
}

/** The prediction for a batch, with the imported weights. */
function predict(parts: Parts, x: Tensor): Tensor {
  const { topology, weights } = importOnnx(file(parts));
  const { prediction, ...rest } = trainable(topology);
  const spec = validate(ModelSpec, {
    ...rest,
    loss: { type: 'meanSquaredError', labels: 'label', prediction },
  });
  const graph = inferenceGraph(compileModel(spec));
  const own = { __w: floats([1], 1) };
  const feeds = { ...own, ...Object.fromEntries(weights), [graph.inputs[0]!]: x };
  return [...evaluate(graph, feeds, { batch: x.shape[0]! }).outputs.values()][0]!;
}

/** A model needs something to train. */
function trainable(topology: ModelTopology): ModelTopology {
  if (Object.values(topology.parameters ?? {}).some((one) => one.trainable !== false)) return topology;
  return {
    ...topology,
    parameters: { ...topology.parameters, __w: { shape: [1] } },
    nodes: [...(topology.nodes ?? []), { op: 'Mul', name: '__y', inputs: [topology.prediction, '__w'] }],
    prediction: '__y',
  };
}

const x = floats([3, 4], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

describe('shapes that depend on the batch', () => {
  test('Shape → Gather → Concat → Reshape follows any batch size', () => {
    const nodes = [
      node('Shape', ['x'], ['s']),
      constant('zero', number(0)),
      node('Gather', ['s', 'zero'], ['batch']),
      constant('axes', longs(0)),
      node('Unsqueeze', ['batch', 'axes'], ['row']),
      constant('rest', longs(2, 2)),
      node('Concat', ['row', 'rest'], ['target'], int('axis', 0)),
      node('Reshape', ['x', 'target'], ['y']),
    ];
    const y = predict({ node: nodes }, x);
    expect(y.shape).toEqual([3, 2, 2]);
    expect(Array.from(y.data, Number)).toEqual(Array.from(x.data, Number));
  });

  test('zeros of the batch size are made without a size', () => {
    const nodes = [
      node('Shape', ['x'], ['s'], int('end', 1)),
      constant('two', longs(2)),
      node('Concat', ['s', 'two'], ['target'], int('axis', 0)),
      node('ConstantOfShape', ['target'], ['zeros'], {
        name: 'value',
        type: attributeTypes.tensor,
        t: tensorProto('', floats([1], 0.5)),
      }),
      node('Concat', ['x', 'zeros'], ['y'], int('axis', 1)),
    ];
    expect(
      Array.from(predict({ node: nodes }, floats([1, 4], 1, 2, Number.POSITIVE_INFINITY, 4)).data, Number),
    ).toEqual([1, 2, Number.POSITIVE_INFINITY, 4, 0.5, 0.5]);
  });

  test('a batch size that was fixed by tracing is the batch', () => {
    const nodes = [constant('target', longs(2, -1)), node('Reshape', ['x', 'target'], ['y'])];
    const y = predict(
      { node: nodes, input: [fed('x', 2, 2, 2)] },
      floats([3, 2, 2], ...Array.from(x.data, Number)),
    );
    expect(y.shape).toEqual([3, 4]);
  });

  test('an axis that the file leaves open is named', () => {
    const bytes = file({ node: [node('Relu', ['x'], ['y'])], input: [fed('x', 'n', 'length')] });
    expect(() => importOnnx(bytes)).toThrow('axis 1 of input "x" has no fixed size ("length")');
    expect(importOnnx(bytes, { inputShapes: { x: [5] } }).topology.inputs).toEqual({ x: { shape: [5] } });
  });
});

describe('control flow', () => {
  const scaled = (factor: number): GraphDraft => ({
    node: [constant(`f${factor}`, floats([], factor)), node('Mul', ['x', `f${factor}`], ['z'])],
    output: [{ name: 'z' }],
  });

  test('If takes the branch of a condition that is known, and reads values from around it', () => {
    const condition = tensor('bool', [], Uint8Array.of(0));
    const nodes = [
      constant('c', condition),
      node('If', ['c'], ['y'], body('then_branch', scaled(2)), body('else_branch', scaled(3))),
    ];
    expect(predict({ node: nodes }, floats([1, 4], 1, 2, 3, 4)).data).toEqual(Float64Array.of(3, 6, 9, 12));
  });

  const step: GraphDraft = {
    input: [{ name: 'i' }, { name: 'going' }, { name: 'carried' }],
    node: [node('Add', ['carried', 'carried'], ['twice']), node('Identity', ['going'], ['on'])],
    output: [{ name: 'on' }, { name: 'twice' }, { name: 'twice' }],
  };

  test('Loop is unrolled and collects what each turn gives', () => {
    const nodes = [
      constant('trips', number(3)),
      node('Loop', ['trips', '', 'x'], ['last', 'y'], body('body', step)),
    ];
    const y = predict(
      {
        node: [...nodes, node('Transpose', ['y'], ['t'], { name: 'perm', type: 7, ints: [1, 0, 2] })],
        output: [{ name: 't' }],
      },
      floats([1, 4], 1, 2, 3, 4),
    );
    expect(y.shape).toEqual([1, 3, 4]);
    expect(Array.from(y.data, Number)).toEqual([2, 4, 6, 8, 4, 8, 12, 16, 8, 16, 24, 32]);
  });

  test('a loop without an end, and a condition that depends on data, are refused at the node', () => {
    const endless = [node('Loop', ['', '', 'x'], ['last', 'y'], body('body', step))];
    expect(() => importOnnx(file({ node: endless }))).toThrow(
      expect.objectContaining({ code: 'ONNX_TOO_LARGE' }),
    );
    const dependent = [
      node('ReduceSum', ['x'], ['sum'], int('keepdims', 0)),
      node('Cast', ['sum'], ['c'], int('to', 9)),
      node('If', ['c'], ['y'], body('then_branch', scaled(2)), body('else_branch', scaled(3))),
    ];
    expect(() => importOnnx(file({ node: dependent }))).toThrow(
      'Node "y" (If): its condition depends on data',
    );
  });
});

describe('parameters', () => {
  const layer = [node('MatMul', ['x', 'net.weight'], ['m']), node('Add', ['m', 'net.bias'], ['y'])];
  const weights = {
    'net.weight': floats([4, 2], 1, 0, 0, 1, 1, 0, 0, 1),
    'net.bias': floats([2], 0.5, -0.5),
  };

  test('float initialisers are trained, under names that a spec allows', () => {
    const imported = importOnnx(file({ node: layer, weights }));
    expect(imported.topology.parameters).toEqual({
      net_weight: { shape: [4, 2], initializer: 'glorotUniform' },
      net_bias: { shape: [2], initializer: 'zeros' },
    });
    expect(imported.weights.get('net_bias')).toEqual(weights['net.bias']);
    expect(Array.from(predict({ node: layer, weights }, x).data, Number).slice(0, 2)).toEqual([4.5, 5.5]);
  });

  const norm = [node('BatchNormalization', ['x', 'g', 'b', 'm', 'v'], ['y'])];
  const moments = {
    g: floats([4], 1, 1, 1, 2),
    b: floats([4], 0, 0, 0, 1),
    m: floats([4], 0, 1, 2, 3),
    v: floats([4], 1, 1, 4, 4),
  };

  test('the moments of batch normalisation are running averages, or stay when frozen', () => {
    const train = importOnnx(file({ node: norm, weights: moments })).topology;
    expect(train.states).toEqual({
      m: { shape: [4], initializer: 'zeros', momentum: expect.closeTo(0.9) },
      v: { shape: [4], initializer: 'ones', momentum: expect.closeTo(0.9) },
    });
    const frozen = importOnnx(file({ node: norm, weights: moments }), {
      batchNormalization: 'frozen',
    }).topology;
    expect(frozen.states).toBeUndefined();
    expect(frozen.parameters).toMatchObject({ m: { trainable: false }, v: { trainable: false }, g: {} });
  });

  test('masks of −∞ go with the weights and are never trained', () => {
    const mask = floats([4], 0, Number.NEGATIVE_INFINITY, 0, 0);
    const imported = importOnnx(file({ node: [node('Add', ['x', 'mask'], ['y'])], weights: { mask } }));
    const [[name, spec]] = Object.entries(imported.topology.parameters!) as [[string, object]];
    expect(spec).toEqual({ shape: [4], trainable: false });
    expect(imported.weights.get(name)?.data).toEqual(mask.data);
  });

  test('dropout drops in training', () => {
    const nodes = [constant('rate', floats([], 0.25)), node('Dropout', ['x', 'rate'], ['y'])];
    expect(importOnnx(file({ node: nodes })).topology.layers).toEqual([
      { type: 'dropout', name: 'dropout', inputs: ['x'], rate: 0.25 },
    ]);
  });
});

test('functions of the model are inlined with the attributes of the call', () => {
  const functions = [
    {
      name: 'Twice',
      domain: 'own',
      input: ['a'],
      output: ['c'],
      attribute: ['axis'],
      opsetImport: [{ version: 17 }],
      node: [
        node('Concat', ['a', 'a'], ['c'], { name: 'axis', type: attributeTypes.int, refAttrName: 'axis' }),
      ],
    },
  ];
  const nodes = [{ ...node('Twice', ['x'], ['y'], int('axis', 1)), domain: 'own' }];
  expect(predict({ node: nodes, functions }, floats([1, 4], 1, 2, 3, 4)).shape).toEqual([1, 8]);
});

test('attributes of older opsets become inputs', () => {
  const nodes = [
    node('Unsqueeze', ['x'], ['u'], { name: 'axes', type: attributeTypes.ints, ints: [1] }),
    node(
      'ReduceSum',
      ['u'],
      ['y'],
      { name: 'axes', type: attributeTypes.ints, ints: [2] },
      int('keepdims', 0),
    ),
  ];
  expect(predict({ node: nodes, opset: 9 }, floats([1, 4], 1, 2, 3, 4)).data).toEqual(Float64Array.of(10));
});

test('an error names the node, its operator and the shapes', () => {
  const nodes = [{ ...node('MatMul', ['x', 'w'], ['y']), name: '/fc/MatMul' }];
  expect(() => importOnnx(file({ node: nodes, weights: { w: floats([3, 1], 1, 2, 3) } }))).toThrow(
    /^Node "\/fc\/MatMul" \(MatMul\): .*\[batch, 4\].*\[3, 1\]/,
  );
});

test('a node that reads what nothing gives, a missing output and an unknown opset are refused', () => {
  expect(() => importOnnx(file({ node: [node('Relu', ['z'], ['y'])] }))).toThrow(
    'reads "z", which nothing before it gives',
  );
  expect(() => importOnnx(file({ node: [node('Relu', ['x'], ['z'])] }))).toThrow(
    'nothing gives the output "y"',
  );
  expect(() => importOnnx(file({ node: [], opset: 99 }))).toThrow(/version 99/);
});

test('of several outputs the one named prediction is the one to train on', () => {
  const parts = {
    weights: { w: floats([4, 2], 1, 2, 3, 4, 5, 6, 7, 8) },
    node: [node('MatMul', ['x', 'w'], ['prediction']), node('Softmax', ['prediction'], ['probabilities'])],
    output: [{ name: 'prediction' }, { name: 'probabilities' }],
  };
  const { topology } = importOnnx(file(parts));
  expect(topology.nodes?.map(({ op }) => op)).toEqual(['MatMul']);
  const open = [{ name: 'probabilities' }, { name: 'w' }];
  expect(() => importOnnx(file({ ...parts, output: open }))).toThrow('say which one the loss reads');
});
