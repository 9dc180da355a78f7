import { input, type Lowering, type LoweringContext, outputShape, single } from '../lowering.ts';
import type { OnnxValue } from '../model-writer.ts';
import { plain } from './plain.ts';

/**
 * A factor whose last two axes were exchanged together with others (a key by its head) is read as it was before that
 * exchange, by a product that transposes: so all products share one copy per head in place of two.
 */
export const matMul: Lowering = single((context) => {
  const [a, b] = [0, 1].map((index) => straightened(context, index)) as [Factor, Factor];
  if (!a.turned && !b.turned) return plain(context)[0]!;
  return context.writer.fused('FusedMatMul', [a.value, b.value], {
    ...(a.turned ? { transA: 1 } : {}),
    ...(b.turned ? { transB: 1 } : {}),
  });
});

interface Factor {
  readonly value: OnnxValue;
  readonly turned: boolean;
}

function straightened(context: LoweringContext, index: number): Factor {
  const { writer } = context;
  const value = input(context, index);
  const made = writer.production(value);
  const perm = made?.opType === 'Transpose' ? (made.attributes.perm as readonly number[]) : undefined;
  if (perm === undefined || perm.length !== outputShape(context).length || perm.length < 3) {
    return { value, turned: false };
  }
  const [row, column] = perm.slice(-2) as [number, number];
  if (row < column) return { value, turned: false };
  const order = [...perm.slice(0, -2), column, row];
  const before = made!.inputs[0]!;
  const inOrder = order.every((axis, place) => axis === place);
  return { value: inOrder ? before : writer.op('Transpose', [before], { perm: order }), turned: true };
}
