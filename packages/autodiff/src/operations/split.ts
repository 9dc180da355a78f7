import { addDims, countOf, type Dim, divideCounts, renderShape, type Shape, sameDim } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { GradientContext, Operation, ShapeContext } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { expandLike } from '../rules/broadcast.ts';
import { inputOf } from '../rules/gradients.ts';
import { lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch, wrongAttribute, wrongInputs } from '../rules/refuse.ts';

/**
 * ONNX Split (opset 13 and 18) along `axis` (0): into the sizes of the input `split`, or `num_outputs` parts of which
 * the last may be smaller, or else as many equal parts as the node has outputs. A batch axis splits evenly.
 */
export const split: Operation = {
  inputs: [
    { name: 'input', dtypes: 'any' },
    { name: 'split', dtypes: 'index', presence: 'optional' },
  ],
  attributes: { axis: 'integer', num_outputs: 'integer' },
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    const axis = axisOf(context.node, integer(context.node.attributes, 'axis', 0), shape.length);
    return sizesOrRefuse(context, shape, axis).map((size) => ({ dtype, shape: shape.with(axis, size) }));
  },
  evaluate: ([input], attributes, types) => {
    const axis = integer(attributes, 'axis', 0);
    const { outer, size, inner } = lanesOf(input!.shape, axis);
    const values = numbers(input!);
    let start = 0;
    return types.map((type) => {
      const out = zeros(type.shape);
      const width = lanesOf(type.shape, axis).size * inner;
      for (let block = 0; block < outer; block += 1) {
        const from = block * size * inner + start;
        out.set(values.subarray(from, from + width), block * width);
      }
      start += width;
      return tensorOf(type, out);
    });
  },
  gradient: (context) => [joined(context), undefined],
  flops: () => 0,
};

function sizesOrRefuse(context: ShapeContext, shape: Shape, axis: number): readonly Dim[] {
  const { node, inputs } = context;
  const size = shape[axis]!;
  const cannot = (what: string) =>
    mismatch(context, `axis ${axis} of ${renderShape(shape)} cannot be split ${what}`);
  if (inputs[1] !== undefined) {
    if (node.attributes.num_outputs !== undefined) {
      throw wrongAttribute(node, 'num_outputs', 'cannot be given beside the input split');
    }
    const sizes = context.shapeValue(1);
    if (sizes === undefined) throw wrongInputs(node, 'takes a split that follows from shapes and constants');
    const sum = sizes.reduce<Dim | undefined>(
      (total, part) => (total === undefined ? undefined : addParts(total, part)),
      0,
    );
    if (sizes.some((part) => typeof part === 'number' && part < 0) || !sameDim(sum, size)) {
      throw cannot(`into ${renderShape(sizes)}`);
    }
    return sizes;
  }
  const parts = integer(node.attributes, 'num_outputs', context.outputs);
  if (parts < 1 || parts > 1024) throw wrongAttribute(node, 'num_outputs', `is ${parts}, not 1 to 1024`);
  const even = divideCounts(countOf(size), { coefficient: parts, power: 0 });
  if (even !== undefined) return new Array<Dim>(parts).fill(even);
  const chunk = Math.ceil(Number(size) / parts);
  const last = Number(size) - chunk * (parts - 1);
  if (node.attributes.num_outputs === undefined || !(last >= 0)) throw cannot(`into ${parts} parts`);
  return new Array<Dim>(parts).fill(chunk).with(-1, last);
}

/** 0 adds to a batch axis as well. */
function addParts(total: Dim, part: Dim): Dim | undefined {
  return total === 0 ? part : part === 0 ? total : addDims(total, part);
}

/** The gradients of the parts side by side, with zeros for parts that do not reach the loss. */
function joined(context: GradientContext): ValueName {
  const { graph, node, outputGradients, type } = context;
  const { shape } = type(inputOf(context, 0));
  const axis = axisOf(node, integer(node.attributes, 'axis', 0), shape.length);
  const parts = node.outputs.map(
    (value, index) => outputGradients[index] ?? expandLike(graph, graph.scalar(0), value),
  );
  const joint = graph.add('Concat', parts, { axis });
  const [size, covered] = [shape[axis]!, type(joint).shape[axis]!];
  if (typeof size !== 'number' || typeof covered !== 'number' || size === covered) return joint;
  const pads = new Array<number>(2 * shape.length).fill(0).with(axis + shape.length, size - covered);
  return graph.add('Pad', [joint, graph.integers(pads)]);
}
