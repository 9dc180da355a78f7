import { input, type Lowering, single } from '../lowering.ts';
import { real } from '../model-writer.ts';

/**
 * Times any positive number but the subnormal ones (below 2⁻¹²⁶) this is at least 1, and times 0 it is 0: with a cut at
 * 1 a step, in one pass and without a bool tensor. Comparing, casting and multiplying takes about 1.3 times as long.
 */
const steep = 1e38;

/** dY · (Y > 0). An infinite dY where Y is 0 gives NaN, not 0: such a gradient is refused either way. */
export const reluGrad: Lowering = single((context) => {
  const { writer } = context;
  const step = writer.op('HardSigmoid', [input(context, 1)], { alpha: real(steep), beta: real(0) });
  return writer.op('Mul', [input(context, 0), step]);
});

/** dY · (1 where X > 0, else alpha). */
export const leakyReluGrad: Lowering = single((context) => {
  const { node, writer } = context;
  const alpha = (node.attributes.alpha as number | undefined) ?? 0.01;
  const [one, slope] = [writer.filled(1), writer.filled(alpha)];
  const factor =
    alpha >= 0 && alpha <= 1
      ? writer.op('Clip', [writer.op('Mul', [input(context, 1), writer.filled(steep)]), slope, one])
      : writer.op('Where', [writer.op('Greater', [input(context, 1), writer.filled(0)]), one, slope]);
  return writer.op('Mul', [input(context, 0), factor]);
});
