import { countOf, type Dim, divideCounts, multiplyDims, renderShape } from '../dim.ts';
import type { GradientContext, Operation } from '../operation.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { offsets, stridesOf } from '../rules/indexing.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/** ONNX Tile: the input repeated as a whole, `repeats` times along each axis. */
export const tile: Operation = {
  inputs: [
    { name: 'input', dtypes: 'any' },
    { name: 'repeats', dtypes: 'index' },
  ],
  attributes: {},
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    const repeats = context.shapeValue(1);
    if (repeats === undefined) throw mismatch(context, 'the repeats must follow from shapes and constants');
    if (repeats.length !== shape.length) {
      throw mismatch(
        context,
        `takes ${shape.length} repeats for ${renderShape(shape)}, not ${repeats.length}`,
      );
    }
    const tiled = shape.map((dim, axis): Dim => {
      const size = multiplyDims(dim, repeats[axis]!);
      if (size !== undefined) return size;
      throw mismatch(
        context,
        `axis ${axis} of ${renderShape(shape)} cannot be repeated ${repeats[axis]} times`,
      );
    });
    return [{ dtype, shape: tiled }];
  },
  evaluate: ([input], _, [type]) => {
    const strides = stridesOf(input!.shape);
    const pairs = input!.shape.map((dim, axis) => [dim === 0 ? 0 : type!.shape[axis]! / dim, dim]);
    const values = numbers(input!);
    const from = offsets(
      pairs.flat(),
      strides.flatMap((stride) => [0, stride]),
    );
    return [
      tensorOf(
        type!,
        Float64Array.from(from, (offset) => values[offset]!),
      ),
    ];
  },
  gradient: (context) => [summedRepeats(context), undefined],
  flops: () => 0,
};

/** Every repeated axis split into repeats and size, and the repeats summed. */
function summedRepeats({ graph, node, type, ...rest }: GradientContext) {
  const context = { graph, node, type, ...rest };
  const dy = outputGradient(context);
  const [{ shape: from }, { shape: to }] = [type(inputOf(context, 0)), type(dy)];
  const split: Dim[] = [];
  const repeated: number[] = [];
  from.forEach((dim, axis) => {
    const repeat = divideCounts(countOf(to[axis]!), countOf(dim));
    if (repeat !== undefined && repeat !== 1) {
      repeated.push(split.length);
      split.push(repeat);
    }
    split.push(dim);
  });
  if (repeated.length === 0) return dy;
  const target = graph.integers(split.map((dim) => (typeof dim === 'number' ? dim : -1)));
  return graph.add('ReduceSum', [graph.add('Reshape', [dy, target]), graph.integers(repeated)], {
    keepdims: 0,
  });
}
