import { elementCount } from '@descent/tensors';
import { broadcastShapes, renderShape, type Shape, sameShape } from '../dim.ts';
import type { Node, ValueName } from '../graph.ts';
import type { GradientContext, Operation, ShapeContext } from '../operation.ts';
import { axisOf, integer, real } from '../rules/attributes.ts';
import { unbroadcast } from '../rules/broadcast.ts';
import { broadcastOffsets } from '../rules/indexing.ts';
import { fixedOrRefuse, inverseRoot, momentsOver, runs } from '../rules/normalization.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch, wrongAttribute } from '../rules/refuse.ts';

const epsilonOf = (node: Pick<Node, 'attributes'>) => real(node.attributes, 'epsilon', 1e-5);

/**
 * ONNX LayerNormalization: each run of elements over the axes from `axis` (−1) on has its mean taken off and is divided
 * by its standard deviation, then scaled by Scale and shifted by B, which broadcast to X. Outputs Y, and with the
 * normalised axes kept as 1, Mean and InvStdDev = (variance + epsilon)^−½. Ba, Kiros & Hinton (2016).
 */
export const layerNormalization: Operation = {
  inputs: [
    { name: 'X', dtypes: 'float' },
    { name: 'Scale', dtypes: 'float' },
    { name: 'B', dtypes: 'float', presence: 'optional' },
  ],
  attributes: { axis: 'integer', epsilon: 'real', stash_type: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    const { shape } = inputs[0]!;
    const axis = normalizedAxis(node, shape);
    fixedOrRefuse(context, shape.slice(axis), 'the axes to normalise over');
    if (integer(node.attributes, 'stash_type', 1) !== 1) {
      throw wrongAttribute(node, 'stash_type', 'must be 1, float32');
    }
    broadcastsOrRefuse(context, shape, 1, 'Scale');
    broadcastsOrRefuse(context, shape, 2, 'B');
    const kept = shape.map((dim, index) => (index < axis ? dim : 1));
    return [shape, kept, kept].map((each) => ({ dtype: 'float32', shape: each }));
  },
  evaluate: ([x, scale, b], attributes, types) => {
    const node = { name: 'LayerNormalization', op: 'LayerNormalization', attributes } as const;
    const values = numbers(x!);
    const size = elementCount(x!.shape.slice(normalizedAxis(node, x!.shape)));
    const [scales, toScale] = [numbers(scale!), broadcastOffsets(scale!.shape, x!.shape)];
    const shifts = b === undefined ? undefined : numbers(b);
    const toShift = b === undefined ? toScale : broadcastOffsets(b.shape, x!.shape);
    const [y, means, inverses] = [
      zeros(x!.shape),
      zeros([values.length / size]),
      zeros([values.length / size]),
    ];
    runs(values.length, size).forEach((offsets, run) => {
      const { mean, variance } = momentsOver(values, offsets);
      means[run] = mean;
      inverses[run] = 1 / Math.sqrt(variance + epsilonOf(node));
      for (const offset of offsets) {
        const shift = shifts?.[toShift[offset]!] ?? 0;
        y[offset] = (values[offset]! - mean) * inverses[run]! * scales[toScale[offset]!]! + shift;
      }
    });
    return types.map((type, index) => tensorOf(type, [y, means, inverses][index]!));
  },
  gradient: (context) => {
    const { graph, node, needs, outputGradients, type } = context;
    const [x, scale, b] = [node.inputs[0]!, node.inputs[1]!, node.inputs[2] ?? ''];
    const dy = outputGradients[0];
    if (dy === undefined) return [needs[0] ? byMoments(context, undefined) : undefined];
    const attributes = { axis: integer(node.attributes, 'axis', -1), epsilon: epsilonOf(node) };
    const [dx, dScale] =
      needs[0] || needs[1]
        ? graph.addMany('LayerNormalizationGrad', [dy, x, scale], attributes, needs[1] ? 2 : 1)
        : [];
    return [
      needs[0] ? byMoments(context, dx) : undefined,
      needs[1] ? dScale : undefined,
      needs[2] ? unbroadcast(graph, dy, type(b).shape) : undefined,
    ];
  },
  decompose: ({ graph, node, type }) => {
    const [x, scale, b] = [node.inputs[0]!, node.inputs[1]!, node.inputs[2] ?? ''];
    const { shape } = type(x);
    const first = normalizedAxis(node, shape);
    const axes = shape.map((_, axis) => axis).slice(first);
    const mean = graph.add('ReduceMean', [x], { axes, keepdims: 1 });
    const centred = graph.add('Sub', [x, mean]);
    const square = graph.add('Mul', [centred, centred]);
    const inverse = inverseRoot(
      graph,
      graph.add('ReduceMean', [square], { axes, keepdims: 1 }),
      epsilonOf(node),
    );
    const scaled = graph.add('Mul', [graph.add('Mul', [centred, inverse]), scale]);
    return [b === '' ? scaled : graph.add('Add', [scaled, b]), mean, inverse];
  },
  flops: ([x]) => 8 * elementCount(x!.shape),
};

function normalizedAxis(node: Pick<Node, 'name' | 'op' | 'attributes'>, shape: Shape): number {
  return axisOf(node, integer(node.attributes, 'axis', -1), shape.length);
}

function broadcastsOrRefuse(context: ShapeContext, to: Shape, input: number, name: string): void {
  const shape = context.inputs[input]?.shape;
  if (shape === undefined) return;
  const common = broadcastShapes(shape, to);
  if (common !== undefined && sameShape(common, to)) return;
  throw mismatch(context, `${name} ${renderShape(shape)} does not broadcast to X ${renderShape(to)}`);
}

/** What flows back through the outputs Mean and InvStdDev, added to `dx`. */
function byMoments(
  { graph, node, outputGradients, type }: GradientContext,
  dx: ValueName | undefined,
): ValueName | undefined {
  const [, dMean, dInverse] = outputGradients;
  if (dMean === undefined && dInverse === undefined) return dx;
  const x = node.inputs[0]!;
  const { shape } = type(x);
  const axes = shape.map((_, axis) => axis).slice(normalizedAxis(node, shape));
  const share = graph.scalar(1 / elementCount(axes.map((axis) => Number(shape[axis]))));
  const centred = graph.add('Sub', [x, graph.add('ReduceMean', [x], { axes, keepdims: 1 })]);
  const parts = dx === undefined ? [] : [dx];
  if (dMean !== undefined) {
    // Broadcast by the zeros: the mean has one gradient for all elements.
    const zeros = graph.add('Mul', [x, graph.scalar(0)]);
    parts.push(graph.add('Add', [graph.add('Mul', [dMean, share]), zeros]));
  }
  if (dInverse !== undefined) {
    const variance = graph.add('ReduceMean', [graph.add('Mul', [centred, centred])], { axes, keepdims: 1 });
    const inverse = inverseRoot(graph, variance, epsilonOf(node));
    const cube = graph.add('Mul', [graph.add('Mul', [inverse, inverse]), inverse]);
    const factor = graph.add('Mul', [graph.add('Mul', [dInverse, cube]), graph.add('Neg', [share])]);
    parts.push(graph.add('Mul', [centred, factor]));
  }
  return parts.reduce((sum, part) => graph.add('Add', [sum, part]));
}
