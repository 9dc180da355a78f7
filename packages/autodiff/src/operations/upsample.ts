import type { Tensor } from '@descent/tensors';
import { type Dim, multiplyDims, renderShape, type Shape } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { DecomposeContext, GradientContext, Operation } from '../operation.ts';
import { text } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { offsets, stridesOf } from '../rules/indexing.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch, wrongAttribute } from '../rules/refuse.ts';

/**
 * ONNX Upsample (opset 9) to the nearest: every element `scales` times along each axis, for whole numbers. What most
 * uses of Resize come down to; other factors and modes are Resize's.
 */
export const upsample: Operation = {
  inputs: [
    { name: 'X', dtypes: 'any' },
    { name: 'scales', dtypes: 'float' },
  ],
  attributes: { mode: 'text' },
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    if (text(context.node.attributes, 'mode', 'nearest') !== 'nearest') {
      throw wrongAttribute(context.node, 'mode', 'must be nearest');
    }
    const scales = context.constant(1);
    const factors = scales && factorsOf(scales);
    if (
      factors?.length !== shape.length ||
      factors.some((factor) => !Number.isSafeInteger(factor) || factor < 1)
    ) {
      throw mismatch(context, `takes a whole factor per axis of ${renderShape(shape)}, known beforehand`);
    }
    return [{ dtype, shape: shape.map((dim, axis) => multiplyDims(dim, factors[axis]!)!) }];
  },
  evaluate: ([x, scales], _, [type]) => {
    const [values, factors] = [numbers(x!), factorsOf(scales!)];
    const from = offsets(
      x!.shape.flatMap((size, axis) => [size, factors[axis]!]),
      stridesOf(x!.shape).flatMap((stride) => [stride, 0]),
    );
    return [
      tensorOf(
        type!,
        Float64Array.from(from, (offset) => values[offset]!),
      ),
    ];
  },
  gradient: (context) => [summedBlocks(context), undefined],
  decompose: (context) => [repeated(context)],
  flops: () => 0,
};

function factorsOf(scales: Tensor): readonly number[] {
  return Array.from(numbers(scales));
}

/** Each repeated axis as its size and its repeats. */
function blocks(shape: Shape, factors: readonly number[]) {
  const split: Dim[] = [];
  const repeats: number[] = [];
  const tile: number[] = [];
  shape.forEach((dim, axis) => {
    const factor = factors[axis]!;
    split.push(dim);
    tile.push(1);
    if (factor === 1) return;
    repeats.push(split.length);
    split.push(factor);
    tile.push(factor);
  });
  return { split: inferBatch(split), repeats, tile };
}

function inferBatch(shape: Shape): readonly number[] {
  return shape.map((dim) => (typeof dim === 'number' ? dim : -1));
}

function summedBlocks(context: GradientContext): ValueName {
  const { graph, constant, type } = context;
  const { split, repeats } = blocks(type(inputOf(context, 0)).shape, factorsOf(constant(1)!));
  const dy = outputGradient(context);
  if (repeats.length === 0) return dy;
  const apart = graph.add('Reshape', [dy, graph.integers(split)]);
  return graph.add('ReduceSum', [apart, graph.integers(repeats)], { keepdims: 0 });
}

function repeated({ graph, node, type, constant }: DecomposeContext): ValueName {
  const x = node.inputs[0]!;
  const { repeats, tile } = blocks(type(x).shape, factorsOf(constant(1)!));
  if (repeats.length === 0) return x;
  const apart = graph.add('Unsqueeze', [x, graph.integers(repeats)]);
  const spread = graph.add('Expand', [apart, graph.integers(tile)]);
  const target = inferBatch(type(node.outputs[0]!).shape);
  return graph.add('Reshape', [spread, graph.integers(target)]);
}
