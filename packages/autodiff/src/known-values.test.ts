import { expect, test } from 'vitest';
import type { Shape } from './dim.ts';
import type { ValueName } from './graph.ts';
import { createGraphBuilder, type GraphBuilder } from './graph-builder.ts';

/** What is known of a value that is computed from an input x [batch, 4, 6]. */
function shapeOf(build: (graph: GraphBuilder, x: ValueName) => ValueName): Shape | undefined {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch', 4, 6] });
  return graph.shapeValue(build(graph, x));
}

const scalar = (graph: GraphBuilder, value: number) =>
  graph.constant({ dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(value)) });
const sizeOf = (graph: GraphBuilder, x: ValueName, axis: number) =>
  graph.add('Unsqueeze', [
    graph.add('Gather', [graph.add('Shape', [x]), scalar(graph, axis)]),
    graph.integers([0]),
  ]);

test.each<[string, Shape | undefined, Parameters<typeof shapeOf>[0]]>([
  ['a part of a shape', [4, 6], (graph, x) => graph.add('Shape', [x], { start: 1 })],
  ['the number of elements', ['24*batch'], (graph, x) => graph.add('Size', [x])],
  [
    'sizes put together anew',
    [6, 'batch', -1],
    (graph, x) =>
      graph.add('Concat', [sizeOf(graph, x, 2), sizeOf(graph, x, 0), graph.integers([-1])], { axis: 0 }),
  ],
  [
    'the batch times a size, divided by a number',
    ['2*batch'],
    (graph, x) =>
      graph.add('Div', [graph.add('Mul', [sizeOf(graph, x, 0), sizeOf(graph, x, 1)]), graph.integers([2])]),
  ],
  [
    'a shape with −1 replaced by ones, as exporters write an expansion',
    ['batch', 1, 6],
    (graph, x) => {
      const wanted = graph.add('Concat', [sizeOf(graph, x, 0), graph.integers([-1, 6])], { axis: 0 });
      const ones = graph.add('ConstantOfShape', [graph.integers([3])], { value: 1, dtype: 'int64' });
      const open = graph.add('Equal', [wanted, graph.add('Mul', [ones, graph.integers([-1])])]);
      return graph.add('Where', [open, ones, wanted]);
    },
  ],
  [
    'a size through another integer type',
    ['batch'],
    (graph, x) =>
      graph.add('Cast', [graph.add('Cast', [sizeOf(graph, x, 0)], { to: 'int32' })], { to: 'int64' }),
  ],
  ['half a batch', undefined, (graph, x) => graph.add('Div', [sizeOf(graph, x, 0), graph.integers([2])])],
  [
    'the batch and three',
    undefined,
    (graph, x) => graph.add('Add', [sizeOf(graph, x, 0), graph.integers([3])]),
  ],
  ['what is computed from data', undefined, (graph, x) => graph.add('Cast', [x], { to: 'int64' })],
])('%s', (_, expected, build) => {
  expect(shapeOf(build)).toEqual(expected);
});

test('an axis that nodes compute from shapes alone becomes the constant it is', () => {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch', 4, 6] });
  const sizes = graph.add('Shape', [x], { start: 1, end: 2 });
  graph.output('y', graph.add('Slice', [x, graph.integers([0]), sizes, graph.integers([2])], {}, 'cut'));
  const cut = graph.build().nodes.find(({ name }) => name === 'cut')!;
  expect(graph.shapeValue(cut.inputs[2]!)).toEqual([4]);
  expect(graph.constantValue(cut.inputs[2]!)).toBeDefined();
  expect(graph.type('cut').shape).toEqual(['batch', 4, 4]);
});

test('a chain of any length is followed', () => {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch', 4] });
  let value = sizeOf(graph, x, 0);
  for (let step = 0; step < 20_000; step += 1)
    value = graph.add('Add', [value, graph.integers([0])], {}, `n${step}`);
  expect(graph.shapeValue(value)).toEqual(['batch']);
  expect(createGraphBuilder(graph.build()).shapeValue(value)).toEqual(['batch']);
});

test('long lists of integers are told apart', () => {
  const graph = createGraphBuilder();
  const lists = [0, 1].map((first) => Array.from({ length: 20 }, (_, place) => first + place));
  const [a, b] = lists.map((list) => graph.integers(list));
  expect([a, b].map((value) => graph.shapeValue(value!))).toEqual(lists);
});
