import { elementCount } from '@descent/tensors';
import { broadcastShapes, type Dim, renderShape, type Shape, sameDim } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { GradientContext, Operation, ShapeContext } from '../operation.ts';
import { reshapeLike, unbroadcast } from '../rules/broadcast.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { broadcastOffsets } from '../rules/indexing.ts';
import { multiplyInto } from '../rules/matrix.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/**
 * ONNX MatMul (NumPy's matmul): [..., m, k] · [..., k, n] → [..., m, n]; the leading axes are broadcast.
 * A vector on the left is a row, on the right a column, and that axis is left out of the result.
 */
export const matMul: Operation = {
  inputs: [
    { name: 'A', dtypes: 'float' },
    { name: 'B', dtypes: 'float' },
  ],
  attributes: {},
  shape: (context) => {
    const [a, b] = [context.inputs[0]!.shape, context.inputs[1]!.shape];
    return [{ dtype: 'float32', shape: productShape(context, a, b) }];
  },
  evaluate: ([a, b], _, [type]) => {
    const shapeA = a!.shape.length === 1 ? [1, ...a!.shape] : a!.shape;
    const shapeB = b!.shape.length === 1 ? [...b!.shape, 1] : b!.shape;
    const [m, k, n] = [shapeA.at(-2)!, shapeA.at(-1)!, shapeB.at(-1)!];
    const lead = broadcastShapes(shapeA.slice(0, -2), shapeB.slice(0, -2)) as readonly number[];
    const [fromA, fromB] = [shapeA, shapeB].map((shape) => broadcastOffsets(shape.slice(0, -2), lead));
    const [left, right, out] = [numbers(a!), numbers(b!), zeros(type!.shape)];
    for (let matrix = 0; matrix < elementCount(lead); matrix += 1) {
      multiplyInto(
        out.subarray(matrix * m * n, (matrix + 1) * m * n),
        { values: left.subarray(fromA![matrix]! * m * k), rowStride: k, columnStride: 1 },
        { values: right.subarray(fromB![matrix]! * k * n), rowStride: n, columnStride: 1 },
        [m, k, n],
      );
    }
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const ranks = [0, 1].map((input) => context.type(inputOf(context, input)).shape.length);
    if (ranks.includes(1)) return gradientOfVectors(context);
    return ranks[1] === 2 ? gradientOfRows(context) : gradientOfBatches(context);
  },
  flops: ([a], [y]) => 2 * elementCount(y!.shape) * a!.shape.at(-1)!,
};

function productShape(context: ShapeContext, a: Shape, b: Shape): Shape {
  const refuse = (problem: string) =>
    mismatch(context, `cannot multiply ${renderShape(a)} by ${renderShape(b)}: ${problem}`);
  if (a.length === 0 || b.length === 0) throw refuse('a scalar is no matrix');
  const inner: [Dim, Dim] = [a.at(-1)!, b.length === 1 ? b[0]! : b.at(-2)!];
  if (!sameDim(...inner)) throw refuse(`the inner sizes ${inner[0]} and ${inner[1]} differ`);
  const lead = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  if (lead === undefined) throw refuse('the leading axes do not broadcast');
  return [...lead, ...a.slice(-2, -1), ...(b.length === 1 ? [] : [b.at(-1)!])];
}

/** [..., m, k] · [k, n]: both gradients are one product over all rows, without a batch of small ones to sum. */
function gradientOfRows(context: GradientContext): readonly (ValueName | undefined)[] {
  const { graph, needs, type } = context;
  const [a, b, dy] = [inputOf(context, 0), inputOf(context, 1), outputGradient(context)];
  const rows = (value: ValueName) => {
    const { shape } = type(value);
    return shape.length === 2 ? value : graph.add('Flatten', [value], { axis: shape.length - 1 });
  };
  const flat = rows(dy);
  return [
    needs[0] ? reshapeLike(graph, graph.add('Gemm', [flat, b], { transB: 1 }), a) : undefined,
    needs[1] ? graph.add('Gemm', [rows(a), flat], { transA: 1 }) : undefined,
  ];
}

function gradientOfBatches(context: GradientContext): readonly (ValueName | undefined)[] {
  const { graph, needs, type } = context;
  const [a, b, dy] = [inputOf(context, 0), inputOf(context, 1), outputGradient(context)];
  return [
    needs[0]
      ? unbroadcast(graph, graph.add('MatMul', [dy, transposed(context, b)]), type(a).shape)
      : undefined,
    needs[1]
      ? unbroadcast(graph, graph.add('MatMul', [transposed(context, a), dy]), type(b).shape)
      : undefined,
  ];
}

function transposed({ graph, type }: GradientContext, value: ValueName): ValueName {
  const axes = type(value).shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
  return graph.add('Transpose', [value], { perm });
}

/** Vectors become matrices with one row or column, and their gradients vectors again. */
function gradientOfVectors(context: GradientContext): readonly (ValueName | undefined)[] {
  const { graph, node, type } = context;
  const [a, b] = [inputOf(context, 0), inputOf(context, 1)];
  const vectorA = type(a).shape.length === 1;
  const vectorB = type(b).shape.length === 1;
  const unsqueeze = (value: ValueName, axis: number) =>
    graph.add('Unsqueeze', [value, graph.integers([axis])]);
  const inputs = [vectorA ? unsqueeze(a, 0) : a, vectorB ? unsqueeze(b, 1) : b];
  const column = vectorB ? unsqueeze(outputGradient(context), -1) : outputGradient(context);
  const dy = vectorA ? unsqueeze(column, -2) : column;
  const matrices: GradientContext = { ...context, node: { ...node, inputs }, outputGradients: [dy] };
  const gradients =
    type(inputs[1]!).shape.length === 2 ? gradientOfRows(matrices) : gradientOfBatches(matrices);
  return gradients.map((gradient, input) => gradient && reshapeLike(graph, gradient, input === 0 ? a : b));
}
