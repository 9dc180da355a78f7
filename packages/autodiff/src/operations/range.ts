import type { Dim } from '../dim.ts';
import type { Operation, ShapeContext } from '../operation.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { sameDtypes, wrongInputs } from '../rules/refuse.ts';

/** ONNX Range: start, start + delta, … before limit. The limit may be the batch size, counted from 0 in ones. */
export const range: Operation = {
  inputs: [
    { name: 'start', dtypes: 'number' },
    { name: 'limit', dtypes: 'number' },
    { name: 'delta', dtypes: 'number' },
  ],
  attributes: {},
  shape: (context) => {
    sameDtypes(context);
    return [{ dtype: context.inputs[0]!.dtype, shape: [lengthOrRefuse(context)] }];
  },
  evaluate: ([start, , delta], _, [type]) => {
    const [first, step] = [numbers(start!)[0]!, numbers(delta!)[0]!];
    return [
      tensorOf(
        type!,
        zeros(type!.shape).map((_, place) => first + place * step),
      ),
    ];
  },
  gradient: 'zero',
  flops: (_, [y]) => y!.shape[0]!,
};

function lengthOrRefuse(context: ShapeContext): Dim {
  const [start, limit, delta] = [0, 1, 2].map((input): Dim | undefined => {
    const known = context.constant(input);
    if (known !== undefined) return known.data.length === 1 ? numbers(known)[0] : undefined;
    const list = context.shapeValue(input);
    return list?.length === 1 ? list[0] : undefined;
  });
  if (start === 0 && delta === 1 && typeof limit === 'string') return limit;
  if (typeof start !== 'number' || typeof limit !== 'number' || typeof delta !== 'number') {
    throw wrongInputs(context.node, 'takes a start, limit and delta that follow from shapes and constants');
  }
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  if (Number.isSafeInteger(length)) return length;
  throw wrongInputs(context.node, `cannot count from ${start} to ${limit} in steps of ${delta}`);
}
