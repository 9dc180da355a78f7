import { elementCount, type Tensor } from '@descent/tensors';
import type { Shape } from '../dim.ts';
import type { Node, ValueName } from '../graph.ts';
import type { ConcreteType, DecomposeContext, GradientContext, InputRule, Operation } from '../operation.ts';
import { axesOf, integer, integers } from './attributes.ts';
import { expandLike } from './broadcast.ts';
import { bigints, integerTensor, isInteger } from './exact.ts';
import { inputOf, outputGradient } from './gradients.ts';
import { broadcastOffsets } from './indexing.ts';
import { numbers, tensorOf, zeros } from './numbers.ts';

/** Axes to reduce, counted from the front. None given means all of them. */
export function reducedAxes(
  node: Pick<Node, 'name' | 'op'>,
  axes: readonly number[] | undefined,
  rank: number,
): readonly number[] {
  if (axes === undefined || axes.length === 0) return Array.from({ length: rank }, (_, axis) => axis);
  return axesOf(node, axes, rank);
}

export function keepsDims({ attributes }: Pick<Node, 'attributes'>): boolean {
  return integer(attributes, 'keepdims', 1) !== 0;
}

export function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): Shape {
  if (keep) return shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** For each element of the input, the element of the result that it is reduced into. */
export function reductionOffsets(shape: readonly number[], axes: readonly number[]): Int32Array {
  return broadcastOffsets(
    shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
    shape,
  );
}

/** A value in the reduced shape, with the reduced axes put back as 1. */
export function restoreAxes(
  { graph, node }: GradientContext,
  value: ValueName,
  axes: readonly number[],
): ValueName {
  if (keepsDims(node) || axes.length === 0) return value;
  return graph.add('Unsqueeze', [value, graph.integers(axes)]);
}

/** The adjoint of a sum: every element that was summed gets the gradient of the sum. */
export function spread(context: GradientContext, value: ValueName, axes: readonly number[]): ValueName {
  // Leading axes come back by broadcasting alone.
  const leading = axes.every((axis, index) => axis === index);
  const restored = leading ? value : restoreAxes(context, value, axes);
  return expandLike(context.graph, restored, inputOf(context, 0));
}

interface Reduction {
  /** Of the elements that become one. */
  readonly value: (elements: Float64Array) => number;
  /** The same for integers, without rounding. Without it they are computed as floats and truncated. */
  readonly integer?: (elements: BigInt64Array) => bigint;
  /** Gradient by x. `dy` and `y()` have the reduced axes kept as 1, so that they broadcast to x. */
  readonly gradient:
    | ((
        context: GradientContext,
        dy: ValueName,
        x: ValueName,
        y: () => ValueName,
        axes: readonly number[],
      ) => ValueName)
    | 'decompose';
  /** The function body: the output in simpler operations. */
  readonly body?: (context: DecomposeContext, x: ValueName) => ValueName;
  /** Default: signed numbers, as ONNX has it. */
  readonly dtypes?: InputRule['dtypes'];
  /** Per element of the input. Default 1. */
  readonly flops?: number;
}

/** A reduction with ONNX's attributes of opset 17: `axes` (all where there are none) and `keepdims` (1). */
export function reduction({
  value,
  integer,
  gradient,
  body,
  dtypes = 'signed',
  flops = 1,
}: Reduction): Operation {
  return {
    inputs: [{ name: 'data', dtypes }],
    attributes: { axes: 'integers', keepdims: 'integer' },
    shape: ({ node, inputs: [data] }) => {
      const { dtype, shape } = data!;
      const axes = reducedAxes(node, integers(node.attributes, 'axes'), shape.length);
      return [{ dtype, shape: reducedShape(shape, axes, keepsDims(node)) }];
    },
    evaluate: ([data], attributes, [type]) => {
      const axes = axesIn({ attributes }, data!.shape.length);
      return [reduceInto(type!, data!, axes, value, integer)];
    },
    gradient:
      gradient === 'decompose'
        ? gradient
        : (context) => {
            const { node, type } = context;
            const x = inputOf(context, 0);
            const axes = axesIn(node, type(x).shape.length);
            const dy = restoreAxes(context, outputGradient(context), axes);
            return [gradient(context, dy, x, () => restoreAxes(context, node.outputs[0]!, axes), axes)];
          },
    ...(body === undefined ? {} : { decompose: (context) => [body(context, context.node.inputs[0]!)] }),
    flops: ([data]) => flops * elementCount(data!.shape),
  };
}

/** The reduced axes of a node that the shape rule has checked. */
function axesIn({ attributes }: Pick<Node, 'attributes'>, rank: number): readonly number[] {
  return reducedAxes({ name: '', op: 'ReduceMax' }, integers(attributes, 'axes'), rank);
}

/** Gathers the elements that become one side by side, and reduces each such run. */
export function reduceInto(
  type: ConcreteType,
  data: Tensor,
  axes: readonly number[],
  value: Reduction['value'],
  integer?: Reduction['integer'],
): Tensor {
  const into = reductionOffsets(data.shape, axes);
  const count = elementCount(type.shape);
  const size = into.length / count;
  const places = new Int32Array(into.length);
  const filled = new Int32Array(count);
  for (let i = 0; i < into.length; i += 1) {
    const run = into[i]!;
    places[run * size + filled[run]!] = i;
    filled[run]! += 1;
  }
  if (integer !== undefined && isInteger(data.dtype)) {
    const source = bigints(data);
    const laid = BigInt64Array.from(places, (place) => source[place]!);
    const out = new BigInt64Array(count);
    for (let run = 0; run < count; run += 1) out[run] = integer(laid.subarray(run * size, (run + 1) * size));
    return integerTensor(type, out);
  }
  const source = numbers(data);
  const laid = Float64Array.from(places, (place) => source[place]!);
  const out = zeros(type.shape);
  for (let run = 0; run < count; run += 1) out[run] = value(laid.subarray(run * size, (run + 1) * size));
  return tensorOf(type, out);
}

/** A sum over the node's axes with its keepdims, for function bodies. */
export function sumOverAxes({ graph, node }: DecomposeContext, value: ValueName): ValueName {
  const { axes, keepdims = 1 } = node.attributes;
  const none = axes === undefined || (axes as readonly number[]).length === 0;
  const list = none ? [] : [graph.integers(axes as readonly number[])];
  return graph.add('ReduceSum', [value, ...list], { keepdims });
}

/** For function bodies: what only floats have (roots, logarithms) is computed as such, and truncated at the end. */
export function asFloat({ graph, type }: DecomposeContext, x: ValueName): ValueName {
  return type(x).dtype === 'float32' ? x : graph.add('Cast', [x], { to: 'float32' });
}

export function backTo({ graph, type }: DecomposeContext, value: ValueName, like: ValueName): ValueName {
  const { dtype } = type(like);
  return dtype === 'float32' ? value : graph.add('Cast', [value], { to: dtype });
}

export function sumOf(elements: Float64Array): number {
  return elements.reduce((sum, element) => sum + element, 0);
}
