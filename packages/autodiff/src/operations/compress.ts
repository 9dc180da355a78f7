import type { Tensor } from '@descent/tensors';
import { dimOf, elementCountOf, renderShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch, wrongInputs } from '../rules/refuse.ts';

/**
 * ONNX Compress: the slices along `axis` (without it: the elements) at which a constant condition holds. A condition
 * that is shorter than the axis leaves out the rest.
 */
export const compress: Operation = {
  inputs: [
    { name: 'input', dtypes: 'any' },
    { name: 'condition', dtypes: 'bool' },
  ],
  attributes: { axis: 'integer' },
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    const condition = context.constant(1);
    if (condition === undefined) {
      throw wrongInputs(
        context.node,
        'takes a condition that is a constant: the size of its result depends on it',
      );
    }
    const given = context.node.attributes.axis as number | undefined;
    const axis = given === undefined ? undefined : axisOf(context.node, given, shape.length);
    const size = axis === undefined ? dimOf(elementCountOf(shape)) : shape[axis];
    if (condition.shape.length !== 1 || (typeof size === 'number' && condition.data.length > size)) {
      throw mismatch(context, `a condition of ${renderShape(condition.shape)} does not choose among ${size}`);
    }
    const chosen = chosenOf(condition).length;
    return [{ dtype, shape: axis === undefined ? [chosen] : shape.with(axis, chosen) }];
  },
  evaluate: ([input, condition], attributes, [type]) => {
    const whole = attributes.axis === undefined;
    const [values, out, chosen] = [numbers(input!), zeros(type!.shape), chosenOf(condition!)];
    const { outer, size, inner } = whole
      ? { outer: 1, size: values.length, inner: 1 }
      : lanesOf(input!.shape, integer(attributes, 'axis', 0));
    for (let block = 0; block < outer; block += 1) {
      chosen.forEach((row, place) => {
        const from = (block * size + row) * inner;
        out.set(values.subarray(from, from + inner), (block * chosen.length + place) * inner);
      });
    }
    return [tensorOf(type!, out)];
  },
  gradient: 'decompose',
  decompose: ({ graph, node, constant }) => {
    const indices = graph.integers(chosenOf(constant(1)!));
    const { axis } = node.attributes;
    const input = node.inputs[0]!;
    if (axis !== undefined) return [graph.add('Gather', [input, indices], { axis })];
    return [graph.add('Gather', [graph.add('Reshape', [input, graph.integers([-1])]), indices])];
  },
  flops: () => 0,
};

function chosenOf(condition: Tensor): readonly number[] {
  return Array.from(numbers(condition).entries()).flatMap(([place, value]) => (value === 0 ? [] : [place]));
}
