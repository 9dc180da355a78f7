import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { eachLane, lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { firstMaximum } from '../rules/pooling.ts';

/** ONNX Hardmax along `axis` (−1): 1 at the first maximum, 0 elsewhere. */
export const hardmax: Operation = {
  inputs: [{ name: 'input', dtypes: 'float' }],
  attributes: { axis: 'integer' },
  shape: ({ node, inputs: [input] }) => {
    axisOf(node, integer(node.attributes, 'axis', -1), input!.shape.length);
    return [input!];
  },
  evaluate: ([input], attributes, [type]) => {
    const [values, out] = [numbers(input!), zeros(type!.shape)];
    eachLane(lanesOf(type!.shape, integer(attributes, 'axis', -1)), (offsets) => {
      out[firstMaximum(values, offsets)] = 1;
    });
    return [tensorOf(type!, out)];
  },
  gradient: 'zero',
  flops: ([input]) => elementCount(input!.shape),
};
