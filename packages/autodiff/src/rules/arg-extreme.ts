import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { axisOf, integer } from './attributes.ts';
import { eachLane, lanesOf } from './lanes.ts';
import { numbers, tensorOf, zeros } from './numbers.ts';
import { keepsDims, reducedShape } from './reduction.ts';

/** ArgMax and ArgMin: int64, along `axis` (0), the first of equal ones, or the last with `select_last_index`. */
export function argExtreme(beats: (candidate: number, best: number) => boolean): Operation {
  return {
    inputs: [{ name: 'data', dtypes: 'number' }],
    attributes: { axis: 'integer', keepdims: 'integer', select_last_index: 'integer' },
    shape: ({ node, inputs: [data] }) => {
      const axis = axisOf(node, integer(node.attributes, 'axis', 0), data!.shape.length);
      return [{ dtype: 'int64', shape: reducedShape(data!.shape, [axis], keepsDims(node)) }];
    },
    evaluate: ([data], attributes, [type]) => {
      const [values, out] = [numbers(data!), zeros(type!.shape)];
      const last = integer(attributes, 'select_last_index', 0) !== 0;
      let lane = 0;
      eachLane(lanesOf(data!.shape, integer(attributes, 'axis', 0)), (offsets) => {
        out[lane] = offsets.reduce((best, offset, index) => {
          const [candidate, known] = [values[offset]!, values[offsets[best]!]!];
          return beats(candidate, known) || (last && candidate === known) ? index : best;
        }, 0);
        lane += 1;
      });
      return [tensorOf(type!, out)];
    },
    gradient: 'zero',
    flops: ([data]) => elementCount(data!.shape),
  };
}
