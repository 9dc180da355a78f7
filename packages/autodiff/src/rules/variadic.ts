import { elementCount } from '@descent/tensors';
import type { ValueName } from '../graph.ts';
import type { DecomposeContext, GradientContext, InputRule, Operation } from '../operation.ts';
import { broadcastOrRefuse, unbroadcast } from './broadcast.ts';
import { bigints, integerTensor, isInteger } from './exact.ts';
import { outputGradient } from './gradients.ts';
import { broadcastOffsets } from './indexing.ts';
import { numbers, tensorOf, zeros } from './numbers.ts';
import { sameDtypes } from './refuse.ts';

interface Variadic {
  /** Of two, and so of any number from the left. */
  readonly value: (a: number, b: number) => number;
  readonly integer?: (a: bigint, b: bigint) => bigint;
  /** What becomes of the result for so many inputs. */
  readonly finish?: (value: number, inputs: number) => number;
  /** Per input, its gradient in the broadcast shape or one that broadcasts to it; undefined where it is not needed. */
  readonly gradient: (
    context: GradientContext,
    dy: ValueName,
    inputs: readonly ValueName[],
  ) => readonly (ValueName | undefined)[];
  /** The function body: the output in simpler operations. */
  readonly body?: (context: DecomposeContext) => ValueName;
  readonly dtypes: InputRule['dtypes'];
}

/** An operation of one or more broadcast inputs, element by element. */
export function variadic({ value, integer, finish, gradient, body, dtypes }: Variadic): Operation {
  return {
    inputs: [{ name: 'data_0', dtypes, presence: 'variadic' }],
    attributes: {},
    shape: (context) => {
      sameDtypes(context);
      const shapes = context.inputs.map((input) => input!.shape);
      return [{ dtype: context.inputs[0]!.dtype, shape: broadcastOrRefuse(context, shapes) }];
    },
    evaluate: (inputs, _, [type]) => {
      const places = inputs.map((input) => broadcastOffsets(input!.shape, type!.shape));
      if (integer !== undefined && isInteger(type!.dtype)) {
        const sources = inputs.map((input) => bigints(input!));
        const out = BigInt64Array.from(places[0]!, (_offset, index) =>
          sources.map((source, which) => source[places[which]![index]!]!).reduce((a, b) => integer(a, b)),
        );
        return [integerTensor(type!, out)];
      }
      const [sources, out] = [inputs.map((input) => numbers(input!)), zeros(type!.shape)];
      for (let i = 0; i < out.length; i += 1) {
        let total = sources[0]![places[0]![i]!]!;
        for (let which = 1; which < sources.length; which += 1) {
          total = value(total, sources[which]![places[which]![i]!]!);
        }
        out[i] = finish === undefined ? total : finish(total, sources.length);
      }
      return [tensorOf(type!, out)];
    },
    gradient: (context) => {
      const { graph, node, type } = context;
      const parts = gradient(context, outputGradient(context), node.inputs);
      return parts.map((part, index) => part && unbroadcast(graph, part, type(node.inputs[index]!).shape));
    },
    ...(body === undefined ? {} : { decompose: (context) => [body(context)] }),
    flops: (inputs, [y]) => inputs.length * elementCount(y!.shape),
  };
}

/**
 * For a maximum or minimum: the whole gradient goes to the first input that holds the selected value, at every element.
 */
export function selectedGradient(
  { graph, node, needs }: GradientContext,
  dy: ValueName,
  inputs: readonly ValueName[],
): readonly (ValueName | undefined)[] {
  const zero = graph.scalar(0);
  const lastNeeded = needs.lastIndexOf(true);
  let left = dy;
  return inputs.map((input, index) => {
    if (index > lastNeeded) return undefined;
    if (index === inputs.length - 1) return left;
    const chosen = graph.add('Equal', [input, node.outputs[0]!]);
    const part = needs[index] ? graph.add('Where', [chosen, left, zero]) : undefined;
    if (index < lastNeeded) left = graph.add('Where', [chosen, zero, left]);
    return part;
  });
}
