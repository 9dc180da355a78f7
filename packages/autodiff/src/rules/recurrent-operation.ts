import type { AttributeKind, InputRule, Operation } from '../operation.ts';
import { tensorOf } from './numbers.ts';
import {
  type Cell,
  recurrentAttributes,
  recurrentFlops,
  recurrentInputs,
  recurrentShapes,
} from './recurrent.ts';
import { runCell } from './recurrent-evaluation.ts';
import { unrollCell } from './recurrent-unrolled.ts';

/** A recurrent operator from its cell: unrolled over the steps of X, so their number must be known. */
export function recurrentOperation(
  cell: Cell,
  more: {
    readonly inputs?: readonly InputRule[];
    readonly attributes?: Readonly<Record<string, AttributeKind>>;
  } = {},
): Operation {
  return {
    inputs: [...recurrentInputs, ...(more.inputs ?? [])],
    attributes: { ...recurrentAttributes, ...more.attributes },
    shape: (context) => recurrentShapes(context, cell).map((shape) => ({ dtype: 'float32', shape })),
    evaluate: (inputs, attributes, types) => {
      const results = runCell(cell, inputs, attributes);
      return types.map((type, index) => tensorOf(type, results[index]!));
    },
    gradient: 'decompose',
    decompose: (context) => unrollCell(context, cell),
    flops: ([x, , r], _, attributes) => recurrentFlops(cell, x!.shape, r!.shape, attributes),
  };
}
