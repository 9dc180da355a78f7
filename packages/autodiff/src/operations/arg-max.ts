import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { eachLane, lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { firstMaximum } from '../rules/pooling.ts';
import { keepsDims, reducedShape } from '../rules/reduction.ts';
import { wrongAttribute } from '../rules/refuse.ts';

/** ONNX ArgMax along `axis` (0): int64, the first of equal maxima. */
export const argMax: Operation = {
  inputs: [{ name: 'data', dtypes: 'number' }],
  attributes: { axis: 'integer', keepdims: 'integer', select_last_index: 'integer' },
  shape: ({ node, inputs: [data] }) => {
    if (integer(node.attributes, 'select_last_index', 0) !== 0) {
      throw wrongAttribute(node, 'select_last_index', 'must be 0');
    }
    const axis = axisOf(node, integer(node.attributes, 'axis', 0), data!.shape.length);
    return [{ dtype: 'int64', shape: reducedShape(data!.shape, [axis], keepsDims(node)) }];
  },
  evaluate: ([data], attributes, [type]) => {
    const [values, out] = [numbers(data!), zeros(type!.shape)];
    let lane = 0;
    eachLane(lanesOf(data!.shape, integer(attributes, 'axis', 0)), (offsets) => {
      out[lane] = offsets.indexOf(firstMaximum(values, offsets));
      lane += 1;
    });
    return [tensorOf(type!, out)];
  },
  gradient: 'zero',
  flops: ([data]) => elementCount(data!.shape),
};
