import { tensor } from '@descent/tensors';
import { expect, test } from 'vitest';
import { differentiate } from '../differentiate.ts';
import { evaluate } from '../evaluate.ts';
import type { Graph, ValueName } from '../graph.ts';
import { createGraphBuilder, type GraphBuilder } from '../graph-builder.ts';
import { simplify } from './simplify.ts';

/** Operations left of a graph whose output is made from a parameter x [2, 3] and an input y [batch, 3]. */
function left(build: (graph: GraphBuilder, x: ValueName, y: ValueName) => ValueName): Graph {
  const graph = createGraphBuilder();
  const x = graph.parameter('x', [2, 3]);
  const y = graph.input('y', { dtype: 'float32', shape: ['batch', 3] });
  graph.output('out', build(graph, x, y));
  return simplify(graph.build());
}
const ops = (graph: Graph) => graph.nodes.map((node) => node.op);

test.each<[string, Parameters<typeof left>[0]]>([
  ['x · 1', (graph, x) => graph.add('Mul', [x, graph.scalar(1)])],
  ['0 + x', (graph, x) => graph.add('Add', [graph.scalar(0), x])],
  ['x ÷ 1 − 0', (graph, x) => graph.add('Sub', [graph.add('Div', [x, graph.scalar(1)]), graph.scalar(0)])],
  ['−−x', (graph, x) => graph.add('Neg', [graph.add('Neg', [x])])],
  ['xᵀᵀ', (graph, x) => graph.add('Transpose', [graph.add('Transpose', [x])])],
  [
    'x reshaped and back',
    (graph, x) =>
      graph.add('Reshape', [graph.add('Reshape', [x, graph.integers([6])]), graph.integers([2, 3])]),
  ],
  [
    'x · exp(ln 1)',
    (graph, x) => graph.add('Mul', [x, graph.add('Exp', [graph.add('Log', [graph.scalar(1)])])]),
  ],
])('%s is x', (_, build) => {
  const graph = left(build);
  expect(ops(graph)).toEqual([]);
  expect(graph.outputs.get('out')).toBe('x');
  expect(graph.constants.size).toBe(0);
});

test('adding a zero that broadcasts is kept', () => {
  const graph = left((graph) => {
    const row = graph.parameter('row', [3]);
    const zeros = graph.constant(tensor('float32', [2, 1], new Float32Array(2)));
    return graph.add('Add', [row, zeros]);
  });
  expect(ops(graph)).toEqual(['Add']);
});

test('equal nodes are computed once', () => {
  const graph = left((graph, x) => graph.add('Add', [graph.add('Exp', [x]), graph.add('Exp', [x])]));
  expect(ops(graph)).toEqual(['Exp', 'Add']);
  expect(graph.nodes[1]!.inputs).toEqual(['Exp', 'Exp']);
});

test('nodes that differ in an attribute are both kept', () => {
  const graph = left((graph, x) =>
    graph.add('Add', [graph.add('Softmax', [x], { axis: 0 }), graph.add('Softmax', [x], { axis: 1 })]),
  );
  expect(ops(graph)).toEqual(['Softmax', 'Softmax', 'Add']);
});

test('a value that no output needs goes, its constants too', () => {
  const graph = left((graph, x) => {
    graph.add('Mul', [x, graph.scalar(7)]);
    return graph.add('Tanh', [x]);
  });
  expect(ops(graph)).toEqual(['Tanh']);
  expect([...graph.types.keys()]).toEqual(['x', 'y', 'Tanh']);
});

test('expanding to the shape of the batch is skipped where the result has it anyway', () => {
  const graph = left((graph, _, y) => {
    const ones = graph.add('Expand', [graph.scalar(2), graph.add('Shape', [y])]);
    return graph.add('Mul', [ones, y]);
  });
  expect(ops(graph)).toEqual(['Mul']);
  expect(graph.nodes[0]!.inputs).toEqual(['constant/2', 'y']);
});

test('the gradient of a sum of cross-entropies is one node, seeded by the constant 1', () => {
  const graph = createGraphBuilder();
  const scores = graph.input('scores', { dtype: 'float32', shape: ['batch', 3] });
  const labels = graph.input('labels', { dtype: 'int32', shape: ['batch'] });
  const losses = graph.add('SoftmaxCrossEntropyLoss', [scores, labels], { reduction: 'none' });
  graph.output('loss', graph.add('ReduceSum', [losses], { keepdims: 0 }));
  const simple = simplify(differentiate(graph.build(), 'loss', ['scores']));
  expect(ops(simple)).toEqual(['SoftmaxCrossEntropyLoss', 'ReduceSum', 'SoftmaxCrossEntropyLossGrad']);
  expect(simple.nodes[2]!.inputs).toEqual(['constant/1', 'scores', 'labels']);
  const { outputs } = evaluate(simple, {
    scores: tensor('float32', [1, 3], Float32Array.of(Math.log(2), 0, 0)),
    labels: tensor('int32', [1], Int32Array.of(1)),
  });
  const gradient = Array.from(outputs.get('gradient/scores')!.data, Number);
  [0.5, -0.75, 0.25].forEach((value, index) => {
    expect(gradient[index]).toBeCloseTo(value, 6);
  });
});

test('a graph with nothing to simplify comes back as it is', () => {
  const graph = left((graph, x) => graph.add('Exp', [x]));
  expect(simplify(graph)).toBe(graph);
});

test('the mask of a Relu is applied to the pooled gradient, with the same result for overlapping windows and ties', () => {
  const graph = createGraphBuilder();
  const x = graph.parameter('x', [1, 1, 4, 4]);
  const pooled = graph.add('MaxPool', [graph.add('Relu', [x])], { kernel_shape: [2, 2] });
  graph.output(
    'loss',
    graph.add('ReduceSum', [graph.add('Mul', [pooled, graph.add('Exp', [pooled])])], { keepdims: 0 }),
  );
  const plain = differentiate(graph.build(), 'loss', ['x']);
  const simple = simplify(plain);
  expect(ops(simple).slice(-2)).toEqual(['ReluGrad', 'MaxPoolGrad']);
  expect(simple.types.get(simple.nodes.at(-2)!.outputs[0]!)!.shape).toEqual([1, 1, 3, 3]);
  const values = Float32Array.of(-1, -2, 3, 3, -3, -1, 0, 3, 2, 2, -1, -4, 2, 0, -5, -6);
  const feeds = { x: tensor('float32', [1, 1, 4, 4], values) };
  const [expected, actual] = [plain, simple].map((each) =>
    Array.from(evaluate(each, feeds).outputs.get('gradient/x')!.data, Number),
  );
  // A product of −0 and 0 may differ in sign.
  expect(actual!.map((value) => value + 0)).toEqual(expected!.map((value) => value + 0));
  expect(actual!.filter((value) => value !== 0)).toHaveLength(4);
});

test('the mask stays where the unmasked gradient is read as well', () => {
  const graph = createGraphBuilder();
  const relu = graph.add('Relu', [graph.parameter('x', [1, 1, 4])]);
  const pooled = graph.add('MaxPool', [relu], { kernel_shape: [2] });
  graph.output('loss', graph.add('ReduceSum', [pooled], { keepdims: 0 }));
  const simple = simplify(differentiate(graph.build(), 'loss', ['x', relu]));
  expect(ops(simple).slice(-2)).toEqual(['MaxPoolGrad', 'ReluGrad']);
});
