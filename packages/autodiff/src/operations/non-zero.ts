import type { Tensor } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { unravel } from '../rules/indexing.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { wrongInputs } from '../rules/refuse.ts';

/** ONNX NonZero: the positions of the elements that are not 0, one per column. Of constants, whose number is known. */
export const nonZero: Operation = {
  inputs: [{ name: 'X', dtypes: 'any' }],
  attributes: {},
  shape: (context) => {
    const x = context.constant(0);
    if (x === undefined) {
      throw wrongInputs(context.node, 'takes a constant only: the size of its result depends on the values');
    }
    return [{ dtype: 'int64', shape: [x.shape.length, placesOf(x).length] }];
  },
  evaluate: ([x], _, [type]) => {
    const places = placesOf(x!).map((place) => unravel(place, x!.shape));
    const out = zeros(type!.shape);
    places.forEach((position, column) => {
      position.forEach((along, axis) => {
        out[axis * places.length + column] = along;
      });
    });
    return [tensorOf(type!, out)];
  },
  gradient: 'zero',
  flops: () => 0,
};

function placesOf(x: Tensor): readonly number[] {
  return Array.from(numbers(x).entries()).flatMap(([place, value]) => (value === 0 ? [] : [place]));
}
