import { elementCount } from '@descent/tensors';
import { renderShape } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import type { Operation, ShapeContext } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { expandLike } from '../rules/broadcast.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { eachLane, lanesOf } from '../rules/lanes.ts';
import { integersOf, numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/**
 * ONNX TopK along `axis` (−1) for a constant K: the K largest (`largest` 0: smallest) in order, and their indices
 * (int64). Of equal ones that with the smaller index comes first. The gradient flows to the chosen elements.
 */
export const topK: Operation = {
  inputs: [
    { name: 'X', dtypes: 'number' },
    { name: 'K', dtypes: 'index' },
  ],
  attributes: { axis: 'integer', largest: 'integer', sorted: 'integer' },
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    const axis = axisOf(context.node, integer(context.node.attributes, 'axis', -1), shape.length);
    const chosen = shape.with(axis, countOrRefuse(context, axis));
    return [
      { dtype, shape: chosen },
      { dtype: 'int64', shape: chosen },
    ];
  },
  evaluate: ([x], attributes, [type, indexType]) => {
    const source = numbers(x!);
    const [values, indices] = [zeros(type!.shape), zeros(type!.shape)];
    const axis = integer(attributes, 'axis', -1);
    const targets: (readonly number[])[] = [];
    eachLane(lanesOf(type!.shape, axis), (offsets) => targets.push(offsets));
    let lane = 0;
    eachLane(lanesOf(x!.shape, axis), (offsets) => {
      const order = ranking(
        offsets.map((offset) => source[offset]!),
        attributes,
      );
      targets[lane]!.forEach((target, rank) => {
        indices[target] = order[rank]!;
        values[target] = source[offsets[order[rank]!]!]!;
      });
      lane += 1;
    });
    return [tensorOf(type!, values), ...(indexType === undefined ? [] : [tensorOf(indexType, indices)])];
  },
  gradient: (context) => {
    const { graph, node } = context;
    const x = inputOf(context, 0);
    const none = expandLike(graph, graph.scalar(0), x);
    const axis = integer(node.attributes, 'axis', -1);
    // The indices may not be among the node's outputs; equal nodes are one after simplification.
    const indices = node.outputs[1] ?? graph.addMany('TopK', node.inputs, node.attributes, 2)[1]!;
    return [graph.add('ScatterElements', [none, indices, outputGradient(context)], { axis }), undefined];
  },
  flops: ([x]) => elementCount(x!.shape),
};

function countOrRefuse(context: ShapeContext, axis: number): number {
  const given = context.constant(1);
  if (given === undefined) throw mismatch(context, 'K must be a constant');
  const [count, ...more] = integersOf(given);
  if (count === undefined || more.length > 0) throw mismatch(context, 'K must be one integer');
  const { shape } = context.inputs[0]!;
  const size = shape[axis]!;
  if (typeof size !== 'number') {
    throw mismatch(context, `axis ${axis} of ${renderShape(shape)} is the batch, whose size is not known`);
  }
  if (count < 1 || count > size) throw mismatch(context, `K is ${count} for an axis of size ${size}`);
  return count;
}

/** Indices in order; sorting is stable, so that equal elements keep theirs. */
function ranking(elements: readonly number[], attributes: Attributes): readonly number[] {
  const sign = integer(attributes, 'largest', 1) === 0 ? 1 : -1;
  return elements.map((_, index) => index).sort((a, b) => sign * (elements[a]! - elements[b]!));
}
