import { type Tensor, tensor } from '@descent/tensors';
import { input, type Lowering, type LoweringContext } from '../lowering.ts';
import type { OnnxValue } from '../model-writer.ts';
import { plain } from './plain.ts';

/**
 * The smallest integer divided by −1 is one more than the largest, for which processors stop the whole process
 * (onnxruntime 1.30 checks for 0 only). So integers are never divided by −1: they are divided by 1 and negated.
 */
export const div: Lowering = (context) => {
  const careful = withoutMinusOne(context);
  if (careful === undefined) return plain(context);
  const { writer } = context;
  const quotient = writer.op('Div', [input(context, 0), careful.divisor]);
  return [writer.op('Where', [careful.isMinusOne, writer.op('Neg', [quotient]), quotient])];
};

/** As for `div`. The remainder by −1 is that by 1: 0. */
export const mod: Lowering = (context) => {
  const careful = withoutMinusOne(context);
  return careful === undefined ? plain(context) : [remainder(context, careful.divisor)];
};

function remainder({ node, writer, inputs }: LoweringContext, divisor: OnnxValue): OnnxValue {
  return writer.op('Mod', [inputs[0]!, divisor], { fmod: (node.attributes.fmod as number | undefined) ?? 0 });
}

/** The divisor with 1 in place of −1, and where that was; undefined where it cannot be −1. */
function withoutMinusOne(context: LoweringContext) {
  const { writer } = context;
  const dtype = context.inputTypes[1]?.dtype;
  if (dtype !== 'int32' && dtype !== 'int64') return undefined;
  if (context.constant(1)?.data.every((value: number | bigint) => Number(value) !== -1)) return undefined;
  const scalar = (value: number): Tensor<'int32' | 'int64'> =>
    dtype === 'int64'
      ? tensor('int64', [], BigInt64Array.of(BigInt(value)))
      : tensor('int32', [], Int32Array.of(value));
  const isMinusOne = writer.op('Equal', [input(context, 1), writer.constant(scalar(-1))]);
  const divisor = writer.op('Where', [isMinusOne, writer.constant(scalar(1)), input(context, 1)]);
  return { isMinusOne, divisor };
}
