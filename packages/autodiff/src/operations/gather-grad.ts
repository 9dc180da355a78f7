import { elementCount } from '@descent/tensors';
import { renderShape, sameShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { countedIndices } from '../rules/counted-index.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/**
 * Gradient of `Gather` by its data, whose `axis` has `size` slices: each slice of dY is added where it was taken
 * from; an index that repeats adds up.
 */
export const gatherGrad: Operation = {
  inputs: [
    { name: 'dY', dtypes: 'float' },
    { name: 'indices', dtypes: 'index' },
  ],
  attributes: { axis: 'integer', size: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    const [dy, indices] = [inputs[0]!.shape, inputs[1]!.shape];
    const axis = integer(node.attributes, 'axis', 0);
    if (!sameShape(dy.slice(axis, axis + indices.length), indices)) {
      throw mismatch(context, `dY ${renderShape(dy)} was not gathered by indices ${renderShape(indices)}`);
    }
    const shape = dy.toSpliced(axis, indices.length, integer(node.attributes, 'size', 1));
    return [{ dtype: 'float32', shape }];
  },
  evaluate: ([dy, indices], attributes, [type]) => {
    const { outer, size, inner } = lanesOf(type!.shape, integer(attributes, 'axis', 0));
    const [gradients, out] = [numbers(dy!), zeros(type!.shape)];
    const rows = countedIndices('Gather', indices!, size);
    for (let block = 0; block < outer; block += 1) {
      rows.forEach((row, position) => {
        const [into, from] = [(block * size + row) * inner, (block * rows.length + position) * inner];
        for (let i = 0; i < inner; i += 1) out[into + i]! += gradients[from + i]!;
      });
    }
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const axis = integer(context.node.attributes, 'axis', 0);
    return [context.graph.add('Gather', [outputGradient(context), inputOf(context, 1)], { axis }), undefined];
  },
  flops: ([dy]) => elementCount(dy!.shape),
};
