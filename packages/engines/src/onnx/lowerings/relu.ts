import { input, type Lowering, single } from '../lowering.ts';
import { asFactor } from './marks.ts';

/** dY · (Y > 0). An infinite dY where Y is 0 gives NaN, not 0: such a gradient is refused either way. */
export const reluGrad: Lowering = single((context) => {
  const { writer } = context;
  const positive = writer.op('Greater', [input(context, 1), writer.filled(0)]);
  return writer.op('Mul', [input(context, 0), asFactor(writer, positive)]);
});
