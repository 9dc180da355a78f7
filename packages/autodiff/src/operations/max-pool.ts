import { DescentError } from '@descent/errors';
import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { unravel } from '../rules/indexing.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { firstMaximum, planesOf, poolingOf, poolingOrRefuse, walkPooling } from '../rules/pooling.ts';
import { wrongAttribute } from '../rules/refuse.ts';
import { resolvedAttributes, spatialShape, windowAttributes, windowOf } from '../rules/window.ts';

/**
 * ONNX MaxPool. Padding never wins. Its second output tells where each maximum (the first of equals) lies in the whole
 * of X: row-major, or with storage_order 1 counting the first spatial axis fastest within a plane.
 */
export const maxPool: Operation = {
  inputs: [{ name: 'X', dtypes: 'number' }],
  attributes: { ...windowAttributes, ceil_mode: 'integer', storage_order: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    if (![0, 1].includes(integer(node.attributes, 'storage_order', 0))) {
      throw wrongAttribute(node, 'storage_order', 'must be 0 or 1');
    }
    const { dtype, shape } = inputs[0]!;
    if (dtype !== 'float32' && dtype !== 'uint8') {
      throw new DescentError('GRAPH_DTYPE_MISMATCH', {
        node: node.name,
        op: node.op,
        input: 'X',
        actual: dtype,
        expected: 'float32 or uint8',
      });
    }
    const pooled = spatialShape(shape, poolingOrRefuse(context).output);
    return [
      { dtype, shape: pooled },
      { dtype: 'int64', shape: pooled },
    ];
  },
  evaluate: ([x], attributes, [type, places]) => {
    const [values, out, winners] = [numbers(x!), zeros(type!.shape), zeros(type!.shape)];
    walkPooling(poolingOf(x!, attributes), planesOf(x!), (output, inputs) => {
      winners[output] = firstMaximum(values, inputs);
      out[output] = values[winners[output]!]!;
    });
    const pooled = tensorOf(type!, out);
    if (places === undefined) return [pooled];
    const columns = integer(attributes, 'storage_order', 0) === 1;
    return [
      pooled,
      tensorOf(places, columns ? winners.map((winner) => columnMajor(winner, x!.shape.slice(2))) : winners),
    ];
  },
  gradient: (context) => {
    const { graph, node, type } = context;
    const x = inputOf(context, 0);
    const kernel = node.attributes.kernel_shape as readonly number[];
    const window = windowOf(type(x).shape.slice(2) as readonly number[], kernel, node.attributes);
    return [
      graph.add('MaxPoolGrad', [outputGradient(context), x, node.outputs[0]!], {
        ...resolvedAttributes(window),
        ...(integer(node.attributes, 'ceil_mode', 0) === 0 ? {} : { ceil_mode: 1 }),
      }),
    ];
  },
  flops: (_, [y], attributes) =>
    elementCount(y!.shape) * elementCount(attributes.kernel_shape as readonly number[]),
};

/** A flat row-major index, counted with the first spatial axis fastest instead. */
function columnMajor(index: number, spatial: readonly number[]): number {
  const plane = elementCount(spatial);
  const within = unravel(index % plane, spatial).reduceRight((sum, at, axis) => sum * spatial[axis]! + at, 0);
  return Math.floor(index / plane) * plane + within;
}
