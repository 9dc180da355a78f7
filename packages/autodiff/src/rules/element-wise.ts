import { elementCount, type Tensor } from '@descent/tensors';
import type { Attributes, ValueName } from '../graph.ts';
import type {
  ConcreteType,
  DecomposeContext,
  GradientContext,
  InputRule,
  Operation,
  ShapeContext,
} from '../operation.ts';
import { broadcastOrRefuse, unbroadcast } from './broadcast.ts';
import { bigints, integerTensor, isInteger } from './exact.ts';
import { inputOf, outputGradient } from './gradients.ts';
import { broadcastOffsets } from './indexing.ts';
import { numbers, tensorOf, zeros } from './numbers.ts';
import { sameDtypes } from './refuse.ts';

interface Unary {
  readonly value: (x: number, attributes: Attributes) => number;
  /** The same for integers, without rounding. Where it is given, the operation takes all numbers. */
  readonly integer?: (x: bigint, attributes: Attributes) => bigint;
  /** Gradient by x, from the gradient `dy` by the output. Values: x the input, y the output. */
  readonly gradient:
    | ((context: GradientContext, dy: ValueName, x: ValueName, y: ValueName) => ValueName)
    | 'zero'
    | 'decompose';
  /** The function body: the output in simpler operations. */
  readonly body?: (context: DecomposeContext, x: ValueName) => ValueName;
  readonly dtypes?: InputRule['dtypes'];
  readonly attributes?: Operation['attributes'];
  /** Refuses what the operator does not know. */
  readonly check?: (context: ShapeContext) => void;
  /** Tests give bool; others the dtype of their input. */
  readonly result?: 'bool';
}

/** An operation of one input, element by element. */
export function unary({
  value,
  integer,
  gradient,
  body,
  dtypes,
  attributes = {},
  check,
  result,
}: Unary): Operation {
  return {
    inputs: [{ name: 'X', dtypes: dtypes ?? (integer === undefined ? 'float' : 'number') }],
    attributes,
    shape: (context) => {
      check?.(context);
      const { dtype, shape } = context.inputs[0]!;
      return [{ dtype: result ?? dtype, shape }];
    },
    evaluate: ([x], given, [type]) => {
      if (integer !== undefined && isInteger(x!.dtype)) {
        return [
          integerTensor(
            type!,
            bigints(x!).map((element) => integer(element, given)),
          ),
        ];
      }
      return [
        tensorOf(
          type!,
          numbers(x!).map((element) => value(element, given)),
        ),
      ];
    },
    gradient:
      typeof gradient === 'string'
        ? gradient
        : (context) => [
            gradient(context, outputGradient(context), inputOf(context, 0), context.node.outputs[0]!),
          ],
    ...(body === undefined ? {} : { decompose: (context) => [body(context, context.node.inputs[0]!)] }),
    flops: (_, [y]) => elementCount(y!.shape),
  };
}

interface Binary {
  readonly value: (a: number, b: number, attributes: Attributes) => number;
  /** The same for integers, without rounding. */
  readonly integer?: (a: bigint, b: bigint, attributes: Attributes) => bigint;
  /** Gradients in the broadcast shape; they are summed back to the shapes of the inputs. */
  readonly gradient:
    | {
        readonly a: (context: GradientContext, dy: ValueName, a: ValueName, b: ValueName) => ValueName;
        readonly b: (context: GradientContext, dy: ValueName, a: ValueName, b: ValueName) => ValueName;
      }
    | 'zero'
    | 'first-order-only'
    | 'decompose';
  /** The function body: the output in simpler operations. */
  readonly body?: (context: DecomposeContext, a: ValueName, b: ValueName) => ValueName;
  readonly dtypes?: InputRule['dtypes'];
  readonly attributes?: Operation['attributes'];
  /** Refuses what the operator does not know. Default: inputs of different dtypes. */
  readonly check?: (context: ShapeContext) => void;
  /** Comparisons give bool; others the dtype of their first input. */
  readonly result?: 'bool';
}

/** An operation of two broadcast inputs, element by element. */
export function binary({
  value,
  integer,
  gradient,
  body,
  dtypes = 'number',
  attributes = {},
  check = sameDtypes,
  result,
}: Binary): Operation {
  return {
    inputs: [
      { name: 'A', dtypes },
      { name: 'B', dtypes },
    ],
    attributes,
    shape: (context) => {
      const [a, b] = context.inputs;
      check(context);
      return [{ dtype: result ?? a!.dtype, shape: broadcastOrRefuse(context, [a!.shape, b!.shape]) }];
    },
    evaluate: ([a, b], given, [type]) => {
      if (integer !== undefined && isInteger(a!.dtype) && isInteger(b!.dtype)) {
        return [exactPairs(a!, b!, type!, (left, right) => integer(left, right, given))];
      }
      const [left, right, out] = [numbers(a!), numbers(b!), zeros(type!.shape)];
      const fromA = broadcastOffsets(a!.shape, type!.shape);
      const fromB = broadcastOffsets(b!.shape, type!.shape);
      for (let i = 0; i < out.length; i += 1) out[i] = value(left[fromA[i]!]!, right[fromB[i]!]!, given);
      return [tensorOf(type!, out)];
    },
    gradient:
      typeof gradient === 'string'
        ? gradient
        : (context) => {
            const [a, b] = [inputOf(context, 0), inputOf(context, 1)];
            const dy = outputGradient(context);
            const back = (side: 'a' | 'b') =>
              unbroadcast(
                context.graph,
                gradient[side](context, dy, a, b),
                context.type(side === 'a' ? a : b).shape,
              );
            return [context.needs[0] ? back('a') : undefined, context.needs[1] ? back('b') : undefined];
          },
    ...(body === undefined
      ? {}
      : { decompose: (context) => [body(context, context.node.inputs[0]!, context.node.inputs[1]!)] }),
    flops: (_, [y]) => elementCount(y!.shape),
  };
}

function exactPairs(
  a: Tensor,
  b: Tensor,
  type: ConcreteType,
  integer: (a: bigint, b: bigint) => bigint,
): Tensor {
  const [left, right] = [bigints(a), bigints(b)];
  const fromB = broadcastOffsets(b.shape, type.shape);
  const out = BigInt64Array.from(broadcastOffsets(a.shape, type.shape), (offset, index) =>
    integer(left[offset]!, right[fromB[index]!]!),
  );
  return integerTensor(type, out);
}

/** A comparison is the same for integers and floats; bool gives 1 or 0. */
export function comparison(
  holds: (a: number | bigint, b: number | bigint) => boolean,
  dtypes: InputRule['dtypes'] = 'number',
): Operation {
  return binary({
    value: (a, b) => (holds(a, b) ? 1 : 0),
    integer: (a, b) => (holds(a, b) ? 1n : 0n),
    gradient: 'zero',
    dtypes,
    result: 'bool',
  });
}
