import { input, type Lowering, outputShape, single } from '../lowering.ts';
import { type ModelWriter, type OnnxValue, real } from '../model-writer.ts';
import { blocked, fitsBlocks, isBlocked, unblocked } from './channel-blocks.ts';
import { elementWise } from './element-wise.ts';
import { piecesBehind } from './pieces.ts';

/** A blocked convolution has taken the maximum with 0 already (convolution.ts). */
export const relu: Lowering = (context) => {
  if (isBlocked(context, 0)) {
    const [value] = piecesBehind(context, 0)?.values ?? [blocked(context, 0)];
    const made = context.writer.production(value!);
    if (made?.attributes.activation === 'Relu') return [input(context, 0)];
  }
  return elementWise(context);
};

/**
 * Times any positive number but the subnormal ones (below 2⁻¹²⁶) this is at least 1, and times 0 it is 0: with a cut at
 * 1 a step, in one pass and without a bool tensor. Comparing, casting and multiplying takes about 1.3 times as long.
 */
const steep = 1e38;

/** dY · (Y > 0). An infinite dY where Y is 0 gives NaN, not 0: such a gradient is refused either way. */
export const reluGrad: Lowering = single((context) => {
  const { writer } = context;
  if (!fitsBlocks(context, outputShape(context)) || !isBlocked(context, 1)) {
    return masked(writer, input(context, 0), input(context, 1));
  }
  const gradient = masked(writer, blocked(context, 0), blocked(context, 1));
  return unblocked(writer, gradient, outputShape(context)[1]!);
});

function masked(writer: ModelWriter, dy: OnnxValue, y: OnnxValue): OnnxValue {
  const step = writer.op('HardSigmoid', [y], { alpha: real(steep), beta: real(0) });
  return writer.op('Mul', [dy, step]);
}

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
