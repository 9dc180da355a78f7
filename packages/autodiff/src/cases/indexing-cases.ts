import { scatterReductions } from '../rules/scatter.ts';
import { distinct, exactly, integers, operationCase } from './operation-case.ts';

const reductions = Object.keys(scatterReductions);
/** Without a reduction ONNX asks for distinct indices; the others repeat some. */
const rowsFor = (reduction: string) => (reduction === 'none' ? [4, 0, -2] : [4, 0, -1]);

export const indexingCases = [
  operationCase(
    'Gather along the batch, with repeats',
    { x: distinct(['batch', 2]), i: integers('int64', [4], [2, 0, -1, 0]) },
    (graph, { x, i }) => graph.add('Gather', [x, i]),
  ),
  operationCase(
    'Gather along a batch that is an inner axis',
    { x: distinct([2, 'batch', 4]), i: integers('int32', [2, 2], [1, 0, 1, -1]) },
    (graph, { x, i }) => graph.add('Gather', [x, i], { axis: 1 }),
  ),
  operationCase(
    'the gradient of Gather by what it scatters',
    { dy: distinct(['batch', 2]), i: integers('int64', ['batch'], [3, 0, 3]) },
    (graph, { dy, i }) => graph.add('GatherGrad', [dy, i], { axis: 0, size: 4 }),
  ),
  operationCase(
    'GatherElements with repeats and a negative index',
    { x: distinct(['batch', 4]), i: integers('int64', ['batch', 2], [3, 3, 0, -1, 2, -4]) },
    (graph, { x, i }) => graph.add('GatherElements', [x, i], { axis: -1 }),
  ),
  operationCase(
    'GatherElements along the first axis, fewer along the others',
    { x: distinct([4, 5]), i: integers('int32', [2, 2], [3, 1, 3, 0]) },
    (graph, { x, i }) => graph.add('GatherElements', [x, i]),
  ),
  operationCase(
    'GatherElements along the batch',
    { x: distinct(['batch', 2]), i: integers('int64', [2, 2], [2, 0, 2, 1]) },
    (graph, { x, i }) => graph.add('GatherElements', [x, i]),
  ),
  operationCase(
    'GatherND of elements with repeats',
    { x: distinct([4, 2]), i: integers('int64', ['batch', 2], [3, 1, 3, -1, 0, 0]) },
    (graph, { x, i }) => graph.add('GatherND', [x, i]),
  ),
  operationCase(
    'GatherND of rows',
    { x: distinct([4, 2, 2]), i: integers('int32', ['batch', 2, 1], [3, 0, 3, 1, -1, 2]) },
    (graph, { x, i }) => graph.add('GatherND', [x, i]),
  ),
  operationCase(
    'GatherND with the batch in common',
    { x: distinct(['batch', 4, 2]), i: integers('int64', ['batch', 2, 1], [3, 3, 0, 1, -1, 2]) },
    (graph, { x, i }) => graph.add('GatherND', [x, i], { batch_dims: 1 }),
  ),
  operationCase(
    'GatherND with two axes in common',
    { x: distinct([2, 'batch', 4]), i: integers('int32', [2, 'batch', 1], [3, 0, 1, 2, -1, 0]) },
    (graph, { x, i }) => graph.add('GatherND', [x, i], { batch_dims: 2 }),
  ),
  ...reductions.map((reduction) =>
    operationCase(
      `ScatterElements with reduction ${reduction}`,
      {
        x: distinct(['batch', 5]),
        i: integers(
          'int64',
          ['batch', 3],
          [0, 1, 2].flatMap(() => rowsFor(reduction)),
        ),
        u: distinct(['batch', 3]),
      },
      (graph, { x, i, u }) => graph.add('ScatterElements', [x, i, u], { axis: 1, reduction }),
    ),
  ),
  operationCase(
    'ScatterElements along the first axis, fewer along the others',
    { x: distinct([4, 5]), i: integers('int32', [2, 2], [3, 1, 0, -2]), u: distinct([2, 2]) },
    (graph, { x, i, u }) => graph.add('ScatterElements', [x, i, u]),
  ),
  operationCase(
    'ScatterElements that multiplies by zeros',
    {
      x: exactly([5], 2, 0, -1, 0, 3),
      i: integers('int64', [7], [0, 0, 1, 2, 2, 3, 4]),
      u: exactly([7], 0, 3, 2, 0, 0, 0, -2),
    },
    (graph, { x, i, u }) => graph.add('ScatterElements', [x, i, u], { reduction: 'mul' }),
  ),
  ...reductions.map((reduction) =>
    operationCase(
      `ScatterND of rows with reduction ${reduction}`,
      {
        x: distinct([5, 2]),
        i: integers('int64', ['batch', 1], rowsFor(reduction)),
        u: exactly(['batch', 2], 0.31, -0.77, 1.13, -1.41, 0.59, 1.87),
      },
      (graph, { x, i, u }) => graph.add('ScatterND', [x, i, u], { reduction }),
    ),
  ),
  operationCase(
    'ScatterND of elements',
    { x: distinct(['batch', 4]), i: integers('int32', [2, 2], [2, 0, 0, -1]), u: distinct([2]) },
    (graph, { x, i, u }) => graph.add('ScatterND', [x, i, u]),
  ),
  operationCase(
    'OneHot along the last axis',
    { i: integers('int64', ['batch', 2], [0, 3, -1, 4, -5, 1]), v: distinct([2]) },
    (graph, { i, v }) => graph.add('OneHot', [i, graph.integers([4]), v]),
  ),
  operationCase(
    'OneHot along the first axis',
    { i: integers('int32', ['batch'], [2, 0, 2]), v: exactly([2], -1, 1) },
    (graph, { i, v }) => graph.add('OneHot', [i, graph.scalar(3), v], { axis: 0 }),
  ),
  operationCase(
    'OneHot of integers',
    { i: integers('int64', ['batch'], [2, 0, 2]), v: integers('int32', [2], [5, 7]) },
    (graph, { i, v }) => graph.add('OneHot', [i, graph.integers([3]), v], { axis: 1 }),
    [],
  ),
  operationCase(
    'ReverseSequence, time first',
    { x: distinct([4, 'batch', 2]), n: integers('int64', ['batch'], [1, 4, 3]) },
    (graph, { x, n }) => graph.add('ReverseSequence', [x, n]),
  ),
  operationCase(
    'ReverseSequence, batch first',
    { x: distinct(['batch', 4]), n: integers('int32', ['batch'], [2, 4, 3]) },
    (graph, { x, n }) => graph.add('ReverseSequence', [x, n], { batch_axis: 0, time_axis: 1 }),
  ),
  operationCase('Compress of columns', { x: distinct(['batch', 4]) }, (graph, { x }) => {
    const condition = graph.constant({ dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) });
    return graph.add('Compress', [x, condition], { axis: -1 });
  }),
  operationCase('Compress of elements', { x: distinct([2, 2]) }, (graph, { x }) => {
    const condition = graph.constant({ dtype: 'bool', shape: [4], data: Uint8Array.of(0, 1, 1, 0) });
    return graph.add('Compress', [x, condition]);
  }),
  operationCase(
    'NonZero of a constant',
    { x: distinct([5]) },
    (graph, { x }) => {
      const places = graph.add('NonZero', [graph.integers([0, 2, 0, -1, 4])]);
      return graph.add('Gather', [x, graph.add('Squeeze', [places, graph.integers([0])])]);
    },
    [],
  ),
  operationCase('Unique of a constant: its places', { x: distinct(['batch', 3]) }, (graph, { x }) => {
    const [, , places] = graph.addMany('Unique', [graph.integers([7, 2, 7, 5])], {}, 4);
    return graph.add('Gather', [x, places!], { axis: 1 });
  }),
];
