import type { Attributes } from '../graph.ts';
import { distinct, integers, operationCase } from './operation-case.ts';

const pads: readonly [name: string, widths: readonly number[], mode: string][] = [
  ['reflected', [0, 2, 1, 0, 1, 1], 'reflect'],
  ['reflected more than once', [0, 7, 0, 0, 0, 0], 'reflect'],
  ['with its edges', [0, 1, 0, 0, 2, 3], 'edge'],
  ['wrapped', [0, 2, 1, 0, 5, 0], 'wrap'],
  ['by negative widths', [0, -1, 0, 0, -1, -2], 'constant'],
  ['here and cut there', [0, -1, 2, 0, 2, -1], 'constant'],
  ['and cut, then reflected', [0, -1, 0, 0, 2, 0], 'reflect'],
];

const slices: readonly [name: string, starts: number[], ends: number[], axes: number[], steps: number[]][] = [
  ['backwards', [-1], [-1000], [1], [-1]],
  ['backwards in steps', [5, 3], [0, 0], [1, 2], [-2, -3]],
  ['of the whole batch', [0, 1], [2 ** 31 - 1, 3], [0, 1], [1, 1]],
  ['of the batch backwards', [-1], [-(2 ** 31)], [0], [-1]],
];

const triangles: readonly Attributes[] = [{ upper: 1 }, { upper: 0 }];

export const arrangingCases = [
  operationCase('Tile of two axes', { x: distinct(['batch', 2, 4]) }, (graph, { x }) =>
    graph.add('Tile', [x, graph.integers([1, 3, 2])]),
  ),
  operationCase('Tile of the batch', { x: distinct(['batch', 2]) }, (graph, { x }) =>
    graph.add('Tile', [x, graph.integers([2, 1])]),
  ),
  operationCase('Tile once', { x: distinct(['batch', 2]) }, (graph, { x }) =>
    graph.add('Tile', [x, graph.integers([1, 1])]),
  ),
  operationCase('Split into sizes', { x: distinct(['batch', 7]) }, (graph, { x }) => {
    const parts = graph.addMany('Split', [x, graph.integers([1, 4, 2])], { axis: 1 }, 3);
    return graph.add('Concat', [parts[2]!, parts[0]!, parts[1]!, parts[2]!], { axis: 1 });
  }),
  operationCase(
    'Split of which one part is used',
    { x: distinct(['batch', 7]) },
    (graph, { x }) => graph.addMany('Split', [x], { axis: -1, num_outputs: 3 }, 3)[1]!,
  ),
  operationCase('Split into equal parts', { x: distinct([4, 'batch']) }, (graph, { x }) => {
    const [a, b] = graph.addMany('Split', [x], {}, 2);
    return graph.add('Mul', [a!, b!]);
  }),
  operationCase('Split of several batches', { x: distinct(['batch', 2]) }, (graph, { x }) => {
    const joint = graph.add('Concat', [x, graph.add('Tanh', [x]), x], { axis: 0 });
    const [a, , c] = graph.addMany('Split', [joint], { num_outputs: 3 }, 3);
    return graph.add('Sub', [a!, graph.add('Mul', [c!, c!])]);
  }),
  operationCase(
    'Concat of unequal batches',
    { x: distinct(['batch', 2]), y: distinct(['2*batch', 2]) },
    (graph, { x, y }) => graph.add('Concat', [y, x], { axis: 0 }),
  ),
  ...slices.map(([name, ...bounds]) =>
    operationCase(`Slice ${name}`, { x: distinct(['batch', 7, 5]) }, (graph, { x }) =>
      graph.add('Slice', [x, ...bounds.map((list) => graph.integers(list))]),
    ),
  ),
  ...pads.map(([name, widths, mode]) =>
    operationCase(`Pad ${name}`, { x: distinct(['batch', 4, 4]) }, (graph, { x }) =>
      graph.add('Pad', [x, graph.integers(widths)], { mode }),
    ),
  ),
  operationCase(
    'Pad of some axes, with a value of one axis',
    { x: distinct(['batch', 4, 2]), v: distinct([1]) },
    (graph, { x, v }) => graph.add('Pad', [x, graph.integers([1, 0, 0, -2]), v, graph.integers([-1, 1])]),
  ),
  ...triangles.flatMap((attributes) =>
    [undefined, -1, 2].map((k) =>
      operationCase(
        `Trilu with upper ${attributes.upper} from diagonal ${k}`,
        { x: distinct(['batch', 4, 5]) },
        (graph, { x }) => graph.add('Trilu', k === undefined ? [x] : [x, graph.integers([k])], attributes),
      ),
    ),
  ),
  operationCase(
    'Trilu of integers',
    { x: integers('int32', [2, 2], [1, 2, 3, 4]) },
    (graph, { x }) => graph.add('Trilu', [x]),
    [],
  ),
  ...['DCR', 'CRD'].map((mode) =>
    operationCase(`DepthToSpace in mode ${mode}`, { x: distinct(['batch', 8, 2, 1]) }, (graph, { x }) =>
      graph.add('DepthToSpace', [x], { blocksize: 2, mode }),
    ),
  ),
  operationCase('SpaceToDepth', { x: distinct(['batch', 2, 4, 2]) }, (graph, { x }) =>
    graph.add('SpaceToDepth', [x], { blocksize: 2 }),
  ),
  operationCase('EyeLike above the diagonal', { x: distinct(['batch', 4]) }, (graph, { x }) =>
    graph.add('Mul', [x, graph.add('EyeLike', [x], { k: 1 })]),
  ),
  operationCase(
    'EyeLike of integers',
    { x: distinct([2, 4]) },
    (graph, { x }) => graph.add('EyeLike', [x], { k: -1, dtype: 'int64' }),
    [],
  ),
  operationCase('ConstantOfShape of a batch', { x: distinct(['batch', 2]) }, (graph, { x }) =>
    graph.add('Add', [x, graph.add('ConstantOfShape', [graph.add('Shape', [x])], { value: 2.5 })]),
  ),
  operationCase('Range of the batch', { x: distinct(['batch']) }, (graph, { x }) => {
    const [start, delta] = [0, 1].map((value) =>
      graph.constant({ dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(value)) }),
    );
    const places = graph.add('Range', [start!, graph.add('Size', [x]), delta!]);
    return graph.add('Mul', [x, graph.add('Cast', [places], { to: 'float32' })]);
  }),
  operationCase('Range downwards', { x: distinct(['batch', 1]) }, (graph, { x }) =>
    graph.add('Mul', [x, graph.add('Range', [graph.scalar(2), graph.scalar(-1), graph.scalar(-0.75)])]),
  ),
  operationCase('Dropout for inference', { x: distinct(['batch', 2]) }, (graph, { x }) => {
    const [y, mask] = graph.addMany('Dropout', [x, graph.scalar(0.5)], {}, 2);
    return graph.add('Mul', [y!, graph.add('Cast', [mask!], { to: 'float32' })]);
  }),
  operationCase(
    'Shape of inner axes',
    { x: distinct(['batch', 2, 4]) },
    (graph, { x }) => graph.add('Shape', [x], { start: -2, end: 2 }),
    [],
  ),
  operationCase('Reshape of an empty tensor, and its sum', { x: distinct(['batch', 2]) }, (graph, { x }) => {
    const empty = graph.constant({ dtype: 'float32', shape: [0, 2], data: new Float32Array(0) });
    const turned = graph.add('Reshape', [empty, graph.integers([2, 0])], { allowzero: 1 });
    return graph.add('Add', [x, graph.add('ReduceSum', [turned, graph.integers([1])], { keepdims: 0 })]);
  }),
  operationCase('Reshape to a computed shape', { x: distinct(['batch', 2, 4]) }, (graph, { x }) => {
    const size = (axis: number) =>
      graph.add('Unsqueeze', [
        graph.add('Gather', [graph.add('Shape', [x]), graph.constant(index(axis))]),
        graph.integers([0]),
      ]);
    const rows = graph.add('Mul', [size(0), size(1)]);
    return graph.add('Reshape', [x, graph.add('Concat', [rows, graph.integers([-1])], { axis: 0 })]);
  }),
];

function index(value: number) {
  return { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(value)) } as const;
}
