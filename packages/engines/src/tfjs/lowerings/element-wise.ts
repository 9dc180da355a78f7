import { isPresent, type Lowering, type LoweringContext, type Result, single } from '../lowering.ts';
import type { TensorFlow, TfTensor } from '../tensorflow.ts';
import { ofFloats, reference } from './reference.ts';

/** On all inputs in one layout: channels last where one of them is so already and all have one shape. */
function inOneLayout(context: LoweringContext, compute: (values: readonly TfTensor[]) => TfTensor): Result {
  const inputs = context.node.inputs.map((_, input) => input);
  const shapes = context.inputTypes.map((type) => type?.shape.join() ?? '');
  const alike = shapes.every((shape) => shape === shapes[0]);
  if (alike && inputs.some((input) => context.isChannelsLast(input))) {
    return { channelsLast: compute(inputs.map((input) => context.channelsLast(input))) };
  }
  return compute(inputs.map((input) => context.value(input)));
}

type Unary = (tf: TensorFlow, x: TfTensor) => TfTensor;
type Binary = (tf: TensorFlow, a: TfTensor, b: TfTensor) => TfTensor;

export const unary = (compute: Unary): Lowering =>
  ofFloats(single((context) => inOneLayout(context, ([x]) => compute(context.tf, x!))));

/** Of two or more inputs, from left to right. */
export const binary = (compute: Binary): Lowering =>
  ofFloats(
    single((context) =>
      inOneLayout(context, (values) => values.reduce((left, right) => compute(context.tf, left, right))),
    ),
  );

/** Of numbers or integers of one dtype, or of bools. */
export const test = (compute: Binary): Lowering =>
  single((context) => compute(context.tf, context.value(0), context.value(1)));

export const not: Lowering = single((context) => context.tf.logicalNot(context.value(0)));

/** dY where Y > 0. */
export const reluGrad: Lowering = single((context) =>
  inOneLayout(context, ([dy, y]) => context.tf.mul(dy!, context.tf.step(y!))),
);

export const leakyRelu: Lowering = ofFloats(
  single((context) => inOneLayout(context, ([x]) => context.tf.leakyRelu(x!, slope(context)))),
);

/** dY where X ≥ 0, else a share of it. */
export const leakyReluGrad: Lowering = ofFloats(
  single((context) =>
    inOneLayout(context, ([dy, x]) => {
      const { tf } = context;
      const isNegative = tf.step(tf.neg(x!));
      return tf.mul(dy!, tf.add(1, tf.mul(isNegative, slope(context) - 1)));
    }),
  ),
);

/** γ · x, and γ · α · (eˣ − 1) below 0: Elu and Selu, with the values of attributes that are left out. */
export const exponentialUnit = (missing: { readonly alpha: number; readonly gamma: number }): Lowering =>
  ofFloats(
    single((context) =>
      inOneLayout(context, ([x]) => {
        const { tf, node } = context;
        const { alpha, gamma } = { ...missing, ...node.attributes };
        const below = tf.mul(tf.expm1(tf.minimum(x!, 0)), alpha);
        return tf.mul(tf.add(tf.relu(x!), below), gamma);
      }),
    ),
  );

function slope({ node }: LoweringContext): number {
  return (node.attributes.alpha as number | undefined) ?? 0.01;
}

export const clip: Lowering = ofFloats(
  single((context) => {
    const { tf } = context;
    const raised = isPresent(context, 1) ? tf.maximum(context.value(0), context.value(1)) : context.value(0);
    return isPresent(context, 2) ? tf.minimum(raised, context.value(2)) : raised;
  }),
);

export const where: Lowering = single((context) =>
  context.tf.where(context.value(0), context.value(1), context.value(2)),
);

/** Integers of 32 bits stand for those of 64; what must wrap around at 8 is computed by the reference. */
export const cast: Lowering = (context) => {
  const { tf } = context;
  const to = context.outputTypes[0]!.dtype;
  if (to === 'uint8') return reference(context);
  const x = context.value(0);
  if (to === 'bool') return [tf.notEqual(x, tf.zerosLike(x))];
  return [tf.cast(x, to === 'float32' ? 'float32' : 'int32')];
};
