import { elementCount } from '@descent/tensors';
import { broadcastShapes, renderShape, type Shape, sameDim, sameShape } from '../dim.ts';
import type { Attributes, ValueName } from '../graph.ts';
import type { GradientContext, Operation } from '../operation.ts';
import { integer, real } from '../rules/attributes.ts';
import { unbroadcast } from '../rules/broadcast.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { broadcastOffsets } from '../rules/indexing.ts';
import { type MatrixView, multiplyInto } from '../rules/matrix.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/** ONNX Gemm: alpha · A′B′ + beta · C, where A′ is A or, with transA, its transpose; C broadcasts to [m, n]. */
export const gemm: Operation = {
  inputs: [
    { name: 'A', dtypes: 'float' },
    { name: 'B', dtypes: 'float' },
    { name: 'C', dtypes: 'float', presence: 'optional' },
  ],
  attributes: { alpha: 'real', beta: 'real', transA: 'integer', transB: 'integer' },
  shape: (context) => {
    const [a, b, c] = context.inputs;
    const { attributes } = context.node;
    const words = `${renderShape(a!.shape)} by ${renderShape(b!.shape)}`;
    if (a!.shape.length !== 2 || b!.shape.length !== 2) {
      throw mismatch(context, `multiplies matrices, and cannot multiply ${words}`);
    }
    const [m, k] = oriented(a!.shape, attributes, 'transA');
    const [inner, n] = oriented(b!.shape, attributes, 'transB');
    if (!sameDim(k, inner)) {
      throw mismatch(context, `cannot multiply ${words}: the inner sizes ${k} and ${inner} differ`);
    }
    const shape = [m!, n!];
    const whole = c === undefined ? shape : broadcastShapes(shape, c.shape);
    if (whole === undefined || !sameShape(whole, shape)) {
      throw mismatch(context, `${renderShape(c!.shape)} does not broadcast to ${renderShape(shape)}`);
    }
    return [{ dtype: 'float32', shape }];
  },
  evaluate: ([a, b, c], attributes, [type]) => {
    const [m, n] = type!.shape as readonly [number, number];
    const k = oriented(a!.shape, attributes, 'transA')[1] as number;
    const out = zeros(type!.shape);
    if (c !== undefined) {
      const [values, from] = [numbers(c), broadcastOffsets(c.shape, type!.shape)];
      const beta = real(attributes, 'beta', 1);
      for (let i = 0; i < out.length; i += 1) out[i] = beta * values[from[i]!]!;
    }
    const view = (values: Float64Array, columns: number, transposed: boolean): MatrixView => ({
      values,
      rowStride: transposed ? 1 : columns,
      columnStride: transposed ? columns : 1,
    });
    multiplyInto(
      out,
      view(numbers(a!), a!.shape[1]!, integer(attributes, 'transA', 0) !== 0),
      view(numbers(b!), b!.shape[1]!, integer(attributes, 'transB', 0) !== 0),
      [m, k, n],
      real(attributes, 'alpha', 1),
    );
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, needs, node } = context;
    const [a, b, dy] = [inputOf(context, 0), inputOf(context, 1), outputGradient(context)];
    const transA = integer(node.attributes, 'transA', 0) !== 0;
    const transB = integer(node.attributes, 'transB', 0) !== 0;
    const alpha = real(node.attributes, 'alpha', 1);
    const product = (left: ValueName, right: ValueName, transLeft: boolean, transRight: boolean) =>
      graph.add('Gemm', [left, right], {
        ...(alpha === 1 ? {} : { alpha }),
        ...(transLeft ? { transA: 1 } : {}),
        ...(transRight ? { transB: 1 } : {}),
      });
    const byA = () => (transA ? product(b, dy, transB, true) : product(dy, b, false, !transB));
    const byB = () => (transB ? product(dy, a, true, transA) : product(a, dy, !transA, false));
    return [
      needs[0] ? byA() : undefined,
      needs[1] ? byB() : undefined,
      needs[2] ? gradientOfC(context, dy) : undefined,
    ];
  },
  flops: ([a, , c], [y], attributes) => {
    const inner = oriented(a!.shape, attributes, 'transA')[1] as number;
    return elementCount(y!.shape) * (2 * inner + (c === undefined ? 0 : 1));
  },
};

function oriented(shape: Shape, attributes: Attributes, flag: 'transA' | 'transB'): Shape {
  return integer(attributes, flag, 0) === 0 ? shape : shape.toReversed();
}

function gradientOfC(context: GradientContext, dy: ValueName): ValueName {
  const { graph, node, type } = context;
  const summed = unbroadcast(graph, dy, type(inputOf(context, 2)).shape);
  const beta = real(node.attributes, 'beta', 1);
  return beta === 1 ? summed : graph.add('Mul', [summed, graph.scalar(beta)]);
}
