import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { eachLane, lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { wrongAttribute } from '../rules/refuse.ts';

/** ONNX LpNormalization: each run along `axis` (−1) divided by its norm of order p, 1 or 2 (2). A run of zeros stays. */
export const lpNormalization: Operation = {
  inputs: [{ name: 'input', dtypes: 'float' }],
  attributes: { axis: 'integer', p: 'integer' },
  shape: ({ node, inputs: [input] }) => {
    axisOf(node, integer(node.attributes, 'axis', -1), input!.shape.length);
    if (![1, 2].includes(integer(node.attributes, 'p', 2))) throw wrongAttribute(node, 'p', 'must be 1 or 2');
    return [input!];
  },
  evaluate: ([input], attributes, [type]) => {
    const [values, out] = [numbers(input!), zeros(type!.shape)];
    const p = integer(attributes, 'p', 2);
    eachLane(lanesOf(type!.shape, integer(attributes, 'axis', -1)), (offsets) => {
      const sum = offsets.reduce((total, offset) => total + Math.abs(values[offset]!) ** p, 0);
      const norm = p === 1 ? sum : Math.sqrt(sum);
      for (const offset of offsets) out[offset] = norm === 0 ? 0 : values[offset]! / norm;
    });
    return [tensorOf(type!, out)];
  },
  gradient: 'decompose',
  decompose: ({ graph, node, type }) => {
    const x = node.inputs[0]!;
    const axis = axisOf(node, integer(node.attributes, 'axis', -1), type(x).shape.length);
    const p = integer(node.attributes, 'p', 2);
    const powers = p === 1 ? graph.add('Abs', [x]) : graph.add('Mul', [x, x]);
    const sum = graph.add('ReduceSum', [powers, graph.integers([axis])], { keepdims: 1 });
    // A norm of 0 divides as 1, so that neither the value nor the gradient is 0 ÷ 0.
    const safe = graph.add('Where', [graph.add('Equal', [sum, graph.scalar(0)]), graph.scalar(1), sum]);
    return [graph.add('Div', [x, p === 1 ? safe : graph.add('Sqrt', [safe])])];
  },
  flops: ([x]) => 3 * elementCount(x!.shape),
};
