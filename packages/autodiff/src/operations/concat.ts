import { addDims, countOf, type Dim, renderShape, type Shape, sameShape } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { GradientContext, Operation, ShapeContext } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { outputGradient } from '../rules/gradients.ts';
import { lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch, sameDtypes, wrongAttribute } from '../rules/refuse.ts';

/** ONNX Concat along `axis`, which must be given. */
export const concat: Operation = {
  inputs: [{ name: 'inputs', dtypes: 'any', presence: 'variadic' }],
  attributes: { axis: 'integer' },
  shape: (context) => {
    sameDtypes(context);
    const { dtype, shape } = context.inputs[0]!;
    if (context.node.attributes.axis === undefined) throw wrongAttribute(context.node, 'axis', 'is missing');
    const axis = axisOf(context.node, integer(context.node.attributes, 'axis', 0), shape.length);
    const size = context.inputs.slice(1).reduce<Dim>((sum, input) => {
      if (!sameShape(shape.toSpliced(axis, 1), input!.shape.toSpliced(axis, 1))) {
        throw refusal(context, axis);
      }
      const both = addDims(sum, input!.shape[axis]!);
      if (both === undefined) throw refusal(context, axis);
      return both;
    }, shape[axis]!);
    return [{ dtype, shape: shape.with(axis, size) }];
  },
  evaluate: (inputs, attributes, [type]) => {
    const out = zeros(type!.shape);
    const axis = integer(attributes, 'axis', 0);
    const { outer, size, inner } = lanesOf(type!.shape, axis);
    let start = 0;
    for (const input of inputs) {
      const values = numbers(input!);
      const width = lanesOf(input!.shape, axis).size * inner;
      for (let block = 0; block < outer; block += 1) {
        out.set(values.subarray(block * width, (block + 1) * width), block * size * inner + start);
      }
      start += width;
    }
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, node, needs, type } = context;
    const dy = outputGradient(context);
    const axis = axisOf(node, integer(node.attributes, 'axis', 0), type(dy).shape.length);
    const sizes = node.inputs.map((input) => type(input).shape[axis]!);
    if (sizes.some((size) => typeof size !== 'number')) return cutAlongBatch(context, axis, sizes);
    let start = 0;
    return sizes.map((size, index) => {
      const [begin, end] = [start, start + Number(size)];
      start = end;
      if (!needs[index]) return undefined;
      return graph.add('Slice', [dy, ...[[begin], [end], [axis]].map((list) => graph.integers(list))]);
    });
  },
  flops: () => 0,
};

function refusal(context: ShapeContext, axis: number) {
  const shapes = context.inputs.map((input) => renderShape(input!.shape)).join(', ');
  return mismatch(context, `cannot join ${shapes} along axis ${axis}`);
}

/** Inputs that are multiples of the batch: the gradient is split into blocks of one batch, and each input takes its own. */
function cutAlongBatch(
  context: GradientContext,
  axis: number,
  sizes: Shape,
): readonly (ValueName | undefined)[] {
  const { graph, needs } = context;
  const multiples = sizes.map((size) => countOf(size).coefficient);
  const unit = multiples.reduce(greatestCommonDivisor);
  const parts = multiples.reduce((sum, multiple) => sum + multiple / unit, 0);
  if (parts === 1) return [outputGradient(context)];
  const blocks = graph.addMany('Split', [outputGradient(context)], { axis, num_outputs: parts }, parts);
  let start = 0;
  return multiples.map((multiple, index) => {
    const own = blocks.slice(start, start + multiple / unit);
    start += own.length;
    if (!needs[index]) return undefined;
    return own.length === 1 ? own[0]! : graph.add('Concat', own, { axis });
  });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
