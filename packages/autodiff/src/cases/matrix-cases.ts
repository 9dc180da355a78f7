import type { Shape } from '../dim.ts';
import { distinct, operationCase } from './operation-case.ts';

const products: readonly [string, Shape, Shape][] = [
  ['of two matrices', ['batch', 4], [4, 2]],
  ['of a stack and a matrix', ['batch', 5, 4], [4, 2]],
  ['of two stacks', ['batch', 2, 4], ['batch', 4, 5]],
  ['of a matrix and a stack', [2, 4], ['batch', 4, 5]],
  ['of stacks that broadcast both ways', ['batch', 1, 2, 4], [5, 4, 2]],
  ['of a row and a matrix', [4], [4, 2]],
  ['of a stack and a column', ['batch', 5, 4], [4]],
  ['of a row and a stack', [4], ['batch', 4, 2]],
  ['of two vectors', [4], [4]],
  ['of inner size 1', ['batch', 1], [1, 2]],
];

const orientations = [0, 1].flatMap((transA) => [0, 1].map((transB) => ({ transA, transB })));

export const matrixCases = [
  ...products.map(([name, a, b]) =>
    operationCase(`MatMul ${name}`, { a: distinct(a), b: distinct(b) }, (graph, inputs) =>
      graph.add('MatMul', [inputs.a, inputs.b]),
    ),
  ),
  ...orientations.map(({ transA, transB }) =>
    operationCase(
      `Gemm with transA ${transA}, transB ${transB}, alpha and beta`,
      {
        a: distinct(transA === 0 ? ['batch', 4] : [4, 'batch']),
        b: distinct(transB === 0 ? [4, 2] : [2, 4]),
        c: distinct([2]),
      },
      (graph, { a, b, c }) => graph.add('Gemm', [a, b, c], { transA, transB, alpha: 0.5, beta: -1.5 }),
    ),
  ),
  operationCase('Gemm without C', { a: distinct([2, 4]), b: distinct([4, 5]) }, (graph, { a, b }) =>
    graph.add('Gemm', [a, b]),
  ),
  operationCase(
    'Gemm with a column of biases',
    { a: distinct(['batch', 4]), b: distinct([4, 2]), c: distinct([1, 1]) },
    (graph, { a, b, c }) => graph.add('Gemm', [a, b, c]),
  ),
];
