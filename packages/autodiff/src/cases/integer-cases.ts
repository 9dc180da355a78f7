import { tensor } from '@descent/tensors';
import type { OperationName } from '../operations/index.ts';
import { type Fed, integers, operationCase } from './operation-case.ts';

const binaries: readonly OperationName[] = ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Mod'];
const comparators: readonly OperationName[] = ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'];
const reductions: readonly OperationName[] = [
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceProd',
  'ReduceSumSquare',
];

/** What ONNX computes for all integers: whole results, truncated divisions, remainders of both signs. */
const ofAllIntegers = (['int32', 'int64', 'uint8'] as const).flatMap((dtype) => {
  const sign = dtype === 'uint8' ? 1 : -1;
  const n = integers(dtype, ['batch', 2], [20, sign * 7, 7, sign * 9, 0, 5]);
  const d = integers(dtype, [2], [3, sign * 2]);
  const unary = (op: OperationName, attributes = {}) =>
    operationCase(`${op} of ${dtype}`, { n }, (graph, inputs) => graph.add(op, [inputs.n], attributes), []);
  return [
    ...[...binaries, ...comparators].map((op) =>
      operationCase(
        `${op} of ${dtype}`,
        { n, d },
        (graph, inputs) => graph.add(op, [inputs.n, inputs.d]),
        [],
      ),
    ),
    operationCase(
      `Mod of ${dtype} with the sign of the dividend`,
      { n, d },
      (graph, inputs) => graph.add('Mod', [inputs.n, inputs.d], { fmod: 1 }),
      [],
    ),
    operationCase(
      `Max of three ${dtype}`,
      { n, d },
      (graph, inputs) => graph.add('Max', [inputs.n, inputs.d, inputs.n]),
      [],
    ),
    operationCase(
      `Clip of ${dtype}`,
      { n, low: integers(dtype, [], [2]), high: integers(dtype, [], [8]) },
      (graph, inputs) => graph.add('Clip', [inputs.n, inputs.low, inputs.high]),
      [],
    ),
    ...(['Abs', 'ArgMax', 'ArgMin', 'Sign'] as const).map((op) => unary(op)),
    ...(['ReduceMax', 'ReduceMin'] as const).map((op) => unary(op, { axes: [0] })),
  ];
});

const ofSigned = (['int32', 'int64'] as const).flatMap((dtype) => {
  const n: Fed = integers(dtype, ['batch', 2], [20, -7, 7, -9, 0, 5]);
  const small: Fed = integers(dtype, ['batch', 2], [1, 2, 3, 4, 5, 6]);
  return [
    operationCase(`Neg of ${dtype}`, { n }, (graph, inputs) => graph.add('Neg', [inputs.n]), []),
    ...(['Div', 'Mod'] as const).map((op) =>
      operationCase(
        `${op} of the smallest ${dtype} by −1`,
        {
          n: integers(dtype, [3], [dtype === 'int32' ? -(2 ** 31) : -(2 ** 63), 7, -7]),
          d: integers(dtype, [2, 1], [-1, 1]),
        },
        (graph, inputs) => graph.add(op, [inputs.n, inputs.d]),
        [],
      ),
    ),
    operationCase(
      `Pow of ${dtype}`,
      { n, e: integers('int64', [2], [2, 3]) },
      (graph, inputs) => graph.add('Pow', [inputs.n, inputs.e]),
      [],
    ),
    operationCase(
      `Pow of ${dtype} by floats`,
      { n },
      (graph, inputs) => graph.add('Pow', [inputs.n, graph.scalar(2)]),
      [],
    ),
    operationCase(
      `CumSum of ${dtype}`,
      { n },
      (graph, inputs) => {
        const axis = graph.constant(tensor('int32', [], Int32Array.of(0)));
        return graph.add('CumSum', [inputs.n, axis], { exclusive: 1 });
      },
      [],
    ),
    ...reductions.map((op) =>
      operationCase(
        `${op} of small ${dtype}`,
        { small },
        (graph, inputs) => graph.add(op, [inputs.small], { axes: [0], keepdims: 0 }),
        [],
      ),
    ),
    operationCase(
      `ReduceSum of ${dtype}`,
      { n },
      (graph, inputs) => graph.add('ReduceSum', [inputs.n, graph.integers([0])]),
      [],
    ),
  ];
});

const shifts = (['LEFT', 'RIGHT'] as const).map((direction) =>
  operationCase(
    `BitShift ${direction}`,
    { n: integers('uint8', ['batch'], [255, 7, 1]), bits: integers('uint8', [1], [3]) },
    (graph, { n, bits }) => graph.add('BitShift', [n, bits], { direction }),
    [],
  ),
);

export const integerCases = [...ofAllIntegers, ...ofSigned, ...shifts];
