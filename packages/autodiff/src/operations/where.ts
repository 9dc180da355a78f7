import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { broadcastOrRefuse, unbroadcast } from '../rules/broadcast.ts';
import { bigints, integerTensor, isInteger } from '../rules/exact.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { broadcastOffsets } from '../rules/indexing.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { sameDtypes } from '../rules/refuse.ts';

/** ONNX Where: X where the condition holds, else Y; all three are broadcast. */
export const where: Operation = {
  inputs: [
    { name: 'condition', dtypes: 'bool' },
    { name: 'X', dtypes: 'any' },
    { name: 'Y', dtypes: 'any' },
  ],
  attributes: {},
  shape: (context) => {
    const [condition, x, y] = context.inputs;
    sameDtypes(context, 1);
    const shape = broadcastOrRefuse(context, [condition!.shape, x!.shape, y!.shape]);
    return [{ dtype: x!.dtype, shape }];
  },
  evaluate: ([condition, x, y], _, [type]) => {
    if (isInteger(type!.dtype)) {
      const test = numbers(condition!);
      const [yes, no] = [bigints(x!), bigints(y!)];
      const [fromX, fromY] = [x!, y!].map((tensor) => broadcastOffsets(tensor.shape, type!.shape));
      const places = broadcastOffsets(condition!.shape, type!.shape);
      const chosen = BigInt64Array.from(places, (place, i) =>
        test[place] === 0 ? no[fromY![i]!]! : yes[fromX![i]!]!,
      );
      return [integerTensor(type!, chosen)];
    }
    const out = zeros(type!.shape);
    const sources = [condition!, x!, y!].map((tensor) => {
      const values = numbers(tensor);
      const from = broadcastOffsets(tensor.shape, type!.shape);
      return (i: number) => values[from[i]!]!;
    });
    const [test, yes, no] = sources as [(i: number) => number, (i: number) => number, (i: number) => number];
    for (let i = 0; i < out.length; i += 1) out[i] = test(i) === 0 ? no(i) : yes(i);
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, needs, type } = context;
    const [condition, zero, dy] = [inputOf(context, 0), graph.scalar(0), outputGradient(context)];
    const back = (input: 1 | 2) => {
      const chosen = input === 1 ? [condition, dy, zero] : [condition, zero, dy];
      return unbroadcast(graph, graph.add('Where', chosen), type(inputOf(context, input)).shape);
    };
    return [undefined, needs[1] ? back(1) : undefined, needs[2] ? back(2) : undefined];
  },
  flops: (_, [y]) => elementCount(y!.shape),
};
