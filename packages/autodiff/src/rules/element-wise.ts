import { elementCount } from '@descent/tensors';
import type { ValueName } from '../graph.ts';
import type { GradientContext, InputRule, Operation } from '../operation.ts';
import { broadcastOrRefuse, unbroadcast } from './broadcast.ts';
import { inputOf, outputGradient } from './gradients.ts';
import { broadcastOffsets } from './indexing.ts';
import { numbers, tensorOf, zeros } from './numbers.ts';
import { sameDtypes } from './refuse.ts';

interface Unary {
  readonly value: (x: number) => number;
  /** Gradient by x, from the gradient `dy` by the output. Values: x the input, y the output. */
  readonly gradient:
    | ((context: GradientContext, dy: ValueName, x: ValueName, y: ValueName) => ValueName)
    | 'zero';
  readonly dtypes?: InputRule['dtypes'];
}

/** An operation of one input, element by element. */
export function unary({ value, gradient, dtypes = 'float' }: Unary): Operation {
  return {
    inputs: [{ name: 'X', dtypes }],
    attributes: {},
    shape: ({ inputs: [x] }) => [x!],
    evaluate: ([x], _, [type]) => [tensorOf(type!, numbers(x!).map(value))],
    gradient:
      gradient === 'zero'
        ? 'zero'
        : (context) => [
            gradient(context, outputGradient(context), inputOf(context, 0), context.node.outputs[0]!),
          ],
    flops: (_, [y]) => elementCount(y!.shape),
  };
}

interface Binary {
  readonly value: (a: number, b: number) => number;
  /** Gradients in the broadcast shape; they are summed back to the shapes of the inputs. */
  readonly gradient:
    | {
        readonly a: (context: GradientContext, dy: ValueName, a: ValueName, b: ValueName) => ValueName;
        readonly b: (context: GradientContext, dy: ValueName, a: ValueName, b: ValueName) => ValueName;
      }
    | 'zero'
    | 'first-order-only';
  readonly dtypes?: InputRule['dtypes'];
  /** Comparisons give bool; others the dtype of their inputs. */
  readonly result?: 'bool';
}

/** An operation of two broadcast inputs, element by element. */
export function binary({ value, gradient, dtypes = 'number', result }: Binary): Operation {
  return {
    inputs: [
      { name: 'A', dtypes },
      { name: 'B', dtypes },
    ],
    attributes: {},
    shape: (context) => {
      const [a, b] = context.inputs;
      sameDtypes(context);
      return [{ dtype: result ?? a!.dtype, shape: broadcastOrRefuse(context, [a!.shape, b!.shape]) }];
    },
    evaluate: ([a, b], _, [type]) => {
      const [left, right, out] = [numbers(a!), numbers(b!), zeros(type!.shape)];
      const fromA = broadcastOffsets(a!.shape, type!.shape);
      const fromB = broadcastOffsets(b!.shape, type!.shape);
      for (let i = 0; i < out.length; i += 1) out[i] = value(left[fromA[i]!]!, right[fromB[i]!]!);
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
    flops: (_, [y]) => elementCount(y!.shape),
  };
}
