import { elementCount } from '@descent/tensors';
import { renderShape, sameShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { integers } from '../rules/attributes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { reducedAxes, reducedShape, reductionOffsets } from '../rules/reduction.ts';
import { mismatch } from '../rules/refuse.ts';

/**
 * Gradient of `ReduceMax`, from dY, X and the maxima Y, dY and Y with the reduced axes kept as 1: each element of dY
 * goes to the first element of X, in row-major order, that is the maximum. Shape of X.
 */
export const reduceMaxGrad: Operation = {
  inputs: [
    { name: 'dY', dtypes: 'float' },
    { name: 'X', dtypes: 'float' },
    { name: 'Y', dtypes: 'float' },
  ],
  attributes: { axes: 'integers' },
  shape: (context) => {
    const [dy, x, y] = context.inputs.map((input) => input!.shape);
    const axes = reducedAxes(context.node, integers(context.node.attributes, 'axes'), x!.length);
    const reduced = reducedShape(x!, axes, true);
    if (!sameShape(dy!, reduced) || !sameShape(y!, reduced)) {
      throw mismatch(
        context,
        `dY ${renderShape(dy!)} and Y ${renderShape(y!)} must be ${renderShape(reduced)}`,
      );
    }
    return [context.inputs[1]!];
  },
  evaluate: ([dy, x, y], attributes, [type]) => {
    const axes = reducedAxes(
      { name: 'ReduceMaxGrad', op: 'ReduceMaxGrad' },
      integers(attributes, 'axes'),
      type!.shape.length,
    );
    const into = reductionOffsets(type!.shape, axes);
    const [left, values, maxima, out] = [numbers(dy!).slice(), numbers(x!), numbers(y!), zeros(type!.shape)];
    for (let i = 0; i < values.length; i += 1) {
      if (values[i] !== maxima[into[i]!]) continue;
      out[i] = left[into[i]!]!;
      left[into[i]!] = 0;
    }
    return [tensorOf(type!, out)];
  },
  gradient: 'first-order-only',
  flops: ([, x]) => elementCount(x!.shape),
};
