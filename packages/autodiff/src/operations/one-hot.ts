import type { Operation, ShapeContext } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { wrongInputs } from '../rules/refuse.ts';

/**
 * ONNX OneHot: a new `axis` (−1) of `depth`, which holds values[1] at the index and values[0] elsewhere. −1 is the
 * last place; an index beyond the depth marks nothing.
 */
export const oneHot: Operation = {
  inputs: [
    { name: 'indices', dtypes: 'number' },
    { name: 'depth', dtypes: 'number' },
    { name: 'values', dtypes: 'any' },
  ],
  attributes: { axis: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    const { dtype, shape: values } = inputs[2]!;
    if (values.length !== 1 || values[0] !== 2) throw wrongInputs(node, 'takes 2 values: off and on');
    const rank = inputs[0]!.shape.length;
    const axis = axisOf(node, integer(node.attributes, 'axis', -1), rank + 1);
    return [{ dtype, shape: inputs[0]!.shape.toSpliced(axis, 0, depthOrRefuse(context)) }];
  },
  evaluate: ([indices, , values], attributes, [type]) => {
    const { size, inner } = lanesOf(type!.shape, integer(attributes, 'axis', -1));
    const [off, on] = [numbers(values!)[0]!, numbers(values!)[1]!];
    const out = zeros(type!.shape).fill(off);
    numbers(indices!).forEach((index, place) => {
      if (index < -size || index >= size) return;
      const row = Math.trunc(index < 0 ? index + size : index);
      out[(Math.floor(place / inner) * size + row) * inner + (place % inner)] = on;
    });
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, node } = context;
    const dy = outputGradient(context);
    const marks = graph.add(
      'OneHot',
      [inputOf(context, 0), inputOf(context, 1), graph.constant(offOn)],
      node.attributes,
    );
    const one = graph.integers([1]);
    const sum = (value: string) =>
      graph.add('Reshape', [graph.add('ReduceSum', [value], { keepdims: 0 }), one]);
    const on = sum(graph.add('Mul', [dy, marks]));
    return [undefined, undefined, graph.add('Concat', [graph.add('Sub', [sum(dy), on]), on], { axis: 0 })];
  },
  flops: () => 0,
};

const offOn = { dtype: 'float32', shape: [2], data: Float32Array.of(0, 1) } as const;

function depthOrRefuse(context: ShapeContext): number {
  const constant = context.constant(1);
  const list = constant === undefined ? context.shapeValue(1) : Array.from(numbers(constant));
  const depth = list?.length === 1 ? list[0] : undefined;
  if (typeof depth === 'number' && Number.isSafeInteger(depth) && depth > 0) return depth;
  throw wrongInputs(context.node, 'takes a depth that is a positive constant');
}
