import { elementCount } from '@descent/tensors';
import { renderShape, sameShape } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { GradientContext, Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { expandLike } from '../rules/broadcast.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { positionsAlong } from '../rules/positions.ts';
import { mismatch, wrongAttribute } from '../rules/refuse.ts';
import { sliceOffsets } from '../rules/slices-at.ts';

/**
 * ONNX GatherND: each row along the last axis of the indices names a slice of the data, of the axes after its first
 * `batch_dims`, which data and indices share. Gradients of a slice that was taken twice add up.
 */
export const gatherND: Operation = {
  inputs: [
    { name: 'data', dtypes: 'any' },
    { name: 'indices', dtypes: 'index' },
  ],
  attributes: { batch_dims: 'integer' },
  shape: (context) => {
    const { dtype, shape: data } = context.inputs[0]!;
    const { shape: indices } = context.inputs[1]!;
    const batchDims = integer(context.node.attributes, 'batch_dims', 0);
    if (batchDims < 0 || batchDims >= Math.min(data.length, indices.length)) {
      throw wrongAttribute(
        context.node,
        'batch_dims',
        `is ${batchDims} for data ${renderShape(data)} and indices ${renderShape(indices)}`,
      );
    }
    const width = indices.at(-1)!;
    if (typeof width !== 'number' || width < 1 || width > data.length - batchDims) {
      throw mismatch(
        context,
        `indices ${renderShape(indices)} hold rows of ${width}, which name no axes of ${renderShape(data)}`,
      );
    }
    if (!sameShape(data.slice(0, batchDims), indices.slice(0, batchDims))) {
      throw mismatch(
        context,
        `data ${renderShape(data)} and indices ${renderShape(indices)} differ in their first ${batchDims} axes`,
      );
    }
    return [{ dtype, shape: [...indices.slice(0, -1), ...data.slice(batchDims + width)] }];
  },
  evaluate: ([data, indices], attributes, [type]) => {
    const [values, out] = [numbers(data!), zeros(type!.shape)];
    const batchDims = integer(attributes, 'batch_dims', 0);
    const size = elementCount(data!.shape.slice(batchDims + indices!.shape.at(-1)!));
    sliceOffsets('GatherND', data!.shape, indices!, batchDims).forEach((from, row) => {
      out.set(values.subarray(from, from + size), row * size);
    });
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, node } = context;
    const empty = expandLike(graph, graph.scalar(0), inputOf(context, 0));
    const indices = withBatchPositions(context, integer(node.attributes, 'batch_dims', 0));
    return [
      graph.add('ScatterND', [empty, indices, outputGradient(context)], { reduction: 'add' }),
      undefined,
    ];
  },
  flops: () => 0,
};

/** ScatterND has no batch axes, so each row of the indices is preceded by its position along them. */
function withBatchPositions(context: GradientContext, batchDims: number): ValueName {
  const { graph, type } = context;
  const indices = inputOf(context, 1);
  if (batchDims === 0) return indices;
  const { shape } = type(indices);
  const wide = graph.add('Cast', [indices], { to: 'int64' });
  const ends = [[0], [1], [-1]].map((list) => graph.integers(list));
  const zero = graph.add('Mul', [graph.add('Slice', [wide, ...ends]), graph.integers([0])]);
  const positions = Array.from({ length: batchDims }, (_, axis) => {
    const column = new Array<number>(shape.length).fill(1).with(axis, -1);
    const range = graph.add('Reshape', [positionsAlong(graph, indices, axis), graph.integers(column)]);
    return graph.add('Add', [zero, range]);
  });
  return graph.add('Concat', [...positions, wide], { axis: -1 });
}
