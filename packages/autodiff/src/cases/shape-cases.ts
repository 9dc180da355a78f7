import { distinct, integers, operationCase } from './operation-case.ts';

export const shapeCases = [
  operationCase(
    'After passes its first input on',
    { x: distinct(['batch', 2]), later: distinct([]) },
    (graph, { x, later }) => graph.add('After', [x, later]),
    [],
  ),
  operationCase('Reshape with 0 and −1', { x: distinct(['batch', 4, 2]) }, (graph, { x }) =>
    graph.add('Reshape', [x, graph.integers([0, -1])]),
  ),
  operationCase('Reshape that merges the batch', { x: distinct(['batch', 4, 2]) }, (graph, { x }) =>
    graph.add('Reshape', [x, graph.integers([-1, 2])]),
  ),
  operationCase(
    'Reshape to the shape of another value',
    { x: distinct(['batch', 4]), y: distinct(['batch', 2, 2]) },
    (graph, { x, y }) => graph.add('Mul', [graph.add('Reshape', [x, graph.add('Shape', [y])]), y]),
  ),
  operationCase('Flatten', { x: distinct(['batch', 2, 2]) }, (graph, { x }) => graph.add('Flatten', [x])),
  operationCase('Flatten at axis 0', { x: distinct(['batch', 2]) }, (graph, { x }) =>
    graph.add('Flatten', [x], { axis: 0 }),
  ),
  operationCase('Flatten at the last axis', { x: distinct(['batch', 2, 4]) }, (graph, { x }) =>
    graph.add('Flatten', [x], { axis: -1 }),
  ),
  operationCase('Transpose by default', { x: distinct(['batch', 2, 4]) }, (graph, { x }) =>
    graph.add('Transpose', [x]),
  ),
  operationCase('Transpose by a cycle', { x: distinct(['batch', 2, 4]) }, (graph, { x }) =>
    graph.add('Transpose', [x], { perm: [1, 2, 0] }),
  ),
  operationCase('Squeeze of one axis', { x: distinct(['batch', 1, 4, 1]) }, (graph, { x }) =>
    graph.add('Squeeze', [x, graph.integers([1])]),
  ),
  operationCase('Squeeze of all', { x: distinct(['batch', 1, 4, 1]) }, (graph, { x }) =>
    graph.add('Squeeze', [x]),
  ),
  operationCase('Unsqueeze at both ends', { x: distinct(['batch', 4]) }, (graph, { x }) =>
    graph.add('Unsqueeze', [x, graph.integers([0, -1])]),
  ),
  operationCase('Expand to a constant shape', { x: distinct(['batch', 1]) }, (graph, { x }) =>
    graph.add('Expand', [x, graph.integers([2, 1, 4])]),
  ),
  operationCase(
    'Expand over the batch',
    { x: distinct([1, 4]), y: distinct(['batch', 1]) },
    (graph, { x, y }) => graph.add('Mul', [graph.add('Expand', [x, graph.add('Shape', [y])]), y]),
  ),
  operationCase(
    'Size and Shape of a batch',
    { x: distinct(['batch', 4]) },
    (graph, { x }) => graph.add('Add', [graph.add('Shape', [x]), graph.add('Size', [x])]),
    [],
  ),
  operationCase(
    'Concat of three',
    { x: distinct(['batch', 2]), y: distinct(['batch', 1]), z: distinct(['batch', 4]) },
    (graph, { x, y, z }) => graph.add('Concat', [x, y, z], { axis: -1 }),
  ),
  operationCase('Concat of one value twice', { x: distinct(['batch', 2, 2]) }, (graph, { x }) =>
    graph.add('Concat', [x, x], { axis: 1 }),
  ),
  operationCase(
    'Concat along the batch',
    { x: distinct(['batch', 2]) },
    (graph, { x }) => graph.add('Concat', [x, x], { axis: 0 }),
    [],
  ),
  operationCase('Slice of two axes', { x: distinct(['batch', 5, 4]) }, (graph, { x }) =>
    graph.add('Slice', [x, graph.integers([1, -3]), graph.integers([4, 1000]), graph.integers([1, 2])]),
  ),
  operationCase('Slice with steps', { x: distinct(['batch', 7, 5]) }, (graph, { x }) =>
    graph.add('Slice', [
      x,
      graph.integers([1, 0]),
      graph.integers([7, 5]),
      graph.integers([-2, -1]),
      graph.integers([3, 2]),
    ]),
  ),
  operationCase('Pad', { x: distinct(['batch', 2, 2]) }, (graph, { x }) =>
    graph.add('Pad', [x, graph.integers([0, 1, 0, 0, 2, 1])]),
  ),
  operationCase('Pad with a value', { x: distinct(['batch', 2]), v: distinct([]) }, (graph, { x, v }) =>
    graph.add('Pad', [x, graph.integers([0, 1, 0, 1]), v]),
  ),
  operationCase(
    'Gather of rows with repeats',
    { x: distinct([5, 4]), i: integers('int64', ['batch', 2], [4, 0, 4, 4, 2, -1]) },
    (graph, { x, i }) => graph.add('Gather', [x, i]),
  ),
  operationCase(
    'Gather along an inner axis',
    { x: distinct(['batch', 4, 2]), i: integers('int32', [5], [3, 1, 1, 0, 3]) },
    (graph, { x, i }) => graph.add('Gather', [x, i], { axis: 1 }),
  ),
  operationCase(
    'Gather by one index',
    { x: distinct(['batch', 4]), i: integers('int64', [], [2]) },
    (graph, { x, i }) => graph.add('Gather', [x, i], { axis: -1 }),
  ),
];
