import { DescentError } from '@descent/errors';
import type { Tensor } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { wrongAttribute } from '../rules/refuse.ts';

/** ONNX Gather: slices of `data` along `axis` (0), picked by indices of any shape; −1 is the last. */
export const gather: Operation = {
  inputs: [
    { name: 'data', dtypes: 'any' },
    { name: 'indices', dtypes: 'index' },
  ],
  attributes: { axis: 'integer' },
  shape: ({ node, inputs: [data, indices] }) => {
    const axis = axisOf(node, integer(node.attributes, 'axis', 0), data!.shape.length);
    return [{ dtype: data!.dtype, shape: data!.shape.toSpliced(axis, 1, ...indices!.shape) }];
  },
  evaluate: ([data, indices], attributes, [type]) => {
    const { outer, size, inner } = lanesOf(data!.shape, integer(attributes, 'axis', 0));
    const [values, out] = [numbers(data!), zeros(type!.shape)];
    const rows = rowsOf(indices!, size);
    for (let block = 0; block < outer; block += 1) {
      rows.forEach((row, position) => {
        const from = (block * size + row) * inner;
        out.set(values.subarray(from, from + inner), (block * rows.length + position) * inner);
      });
    }
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, node, type } = context;
    const { shape } = type(inputOf(context, 0));
    const axis = axisOf(node, integer(node.attributes, 'axis', 0), shape.length);
    const size = shape[axis]!;
    if (typeof size !== 'number') {
      throw wrongAttribute(node, 'axis', 'is the batch axis, along which no gradient can be scattered');
    }
    const gradient = graph.add('GatherGrad', [outputGradient(context), inputOf(context, 1)], { axis, size });
    return [gradient, undefined];
  },
  flops: () => 0,
};

/** Indices counted from the front. */
export function rowsOf(indices: Tensor, size: number): readonly number[] {
  return Array.from(numbers(indices), (index) => {
    if (index < -size || index >= size) {
      throw new DescentError('GRAPH_INDEX_OUT_OF_RANGE', { op: 'Gather', index, size });
    }
    return index < 0 ? index + size : index;
  });
}
