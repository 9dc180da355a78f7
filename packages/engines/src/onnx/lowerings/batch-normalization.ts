import { elementCount } from '@descent/tensors';
import { input, inputShape, type Lowering } from '../lowering.ts';
import { type ModelWriter, type OnnxValue, real } from '../model-writer.ts';

/**
 * onnxruntime's kernel, whose training mode is complete on the CPU. It standardises X alone and an affine map per channel
 * does the rest, so that the gradient reads x̂ and the statistics instead of computing them again.
 */
export const batchNormalization: Lowering = (context) => {
  const { node, writer } = context;
  const { epsilon = 1e-5, momentum = 0.9, training_mode = 0 } = node.attributes as Record<string, number>;
  const inputs = node.inputs.map((_, index) => input(context, index));
  if (training_mode === 0) return [writer.op('BatchNormalization', inputs, { epsilon: real(epsilon) })];
  const [x, scale, shift, givenMean, givenVariance] = inputs as [string, string, string, string, string];
  const channels = inputShape(context, 0)[1]!;
  const { standard, mean, variance } = standardized(writer, x, scale, { channels, epsilon });
  const running = (given: OnnxValue, own: OnnxValue) => {
    if (momentum === 0) return own;
    const kept = writer.op('Mul', [given, writer.filled(momentum)]);
    return writer.op('Add', [kept, writer.op('Mul', [own, writer.filled(1 - momentum)])]);
  };
  const outputs = [
    () => affine(writer, standard, scale, shift, channels),
    () => running(givenMean, mean),
    () => running(givenVariance, variance),
  ];
  return outputs.slice(0, node.outputs.length).map((output) => output());
};

/**
 * dX = (scale ÷ σ · dY − scale ÷ σ · mean dY) − x̂ · scale ÷ σ · mean(dY · x̂): two affine maps per channel, which the
 * inference kernel computes in one pass each. With the forward part 0.70 of the time of differentiated primitives (64
 * images of 28 × 28 in 32 channels).
 */
export const batchNormalizationGrad: Lowering = (context) => {
  const { node, writer } = context;
  const [dy, x, scale] = [0, 1, 2].map((index) => input(context, index)) as [string, string, string];
  const shape = inputShape(context, 1);
  const channels = shape[1]!;
  const { epsilon = 1e-5 } = node.attributes as Record<string, number>;
  const { standard, variance } = standardized(writer, x, scale, { channels, epsilon });
  const axes = writer.integers(shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])));
  const summed = (value: OnnxValue) => writer.op('ReduceSum', [value, axes], { keepdims: 0 });
  const dShift = summed(dy);
  const dScale = summed(writer.op('Mul', [dy, standard]));

  const root = writer.op('Sqrt', [writer.op('Add', [variance, writer.filled(epsilon)])]);
  const factor = writer.op('Div', [scale, root]);
  const share = writer.op('Mul', [factor, writer.filled(-channels / elementCount(shape))]);
  const straight = affine(writer, dy, factor, writer.op('Mul', [dShift, share]), channels);
  const slope = writer.op('Mul', [dScale, share]);
  const dx = writer.op('Add', [
    straight,
    affine(writer, standard, slope, writer.filled(0, [channels]), channels),
  ]);
  return [dx, dScale, dShift].slice(0, node.outputs.length);
};

/**
 * x̂, mean and population variance of X per channel. The kernel writes its running statistics over its inputs of that
 * name, even over constants and fed arrays, so it gets two fresh vectors; a momentum of 0 makes nothing of their values.
 */
function standardized(
  writer: ModelWriter,
  x: OnnxValue,
  scale: OnnxValue,
  { channels, epsilon }: { readonly channels: number; readonly epsilon: number },
): { readonly standard: OnnxValue; readonly mean: OnnxValue; readonly variance: OnnxValue } {
  const fresh = writer.op('Mul', [scale, writer.filled(0)]);
  const other = writer.op('Add', [fresh, writer.filled(1)]);
  const [standard, mean, variance] = writer.many(
    'BatchNormalization',
    [x, writer.filled(1, [channels]), writer.filled(0, [channels]), fresh, other],
    { epsilon: real(epsilon), momentum: real(0), training_mode: 1 },
    3,
  );
  return { standard: standard!, mean: mean!, variance: variance! };
}

/** value · factor + shift per channel, in one pass. */
function affine(
  writer: ModelWriter,
  value: OnnxValue,
  factor: OnnxValue,
  shift: OnnxValue,
  channels: number,
): OnnxValue {
  const moments = [writer.filled(0, [channels]), writer.filled(1, [channels])];
  return writer.op('BatchNormalization', [value, factor, shift, ...moments], { epsilon: real(0) });
}
