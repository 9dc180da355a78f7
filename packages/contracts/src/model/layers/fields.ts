import { type Static, type TSchema, Type } from 'typebox';
import { OneOf } from '../../closed.ts';
import { Initializer } from '../initializer.ts';
import { valueNamePattern } from '../names.ts';
import { Regularizer } from '../regularizer.ts';

export const activationNames = [
  'linear',
  'relu',
  'sigmoid',
  'tanh',
  'softmax',
  'relu6',
  'leakyRelu',
  'elu',
  'selu',
  'gelu',
  'silu',
  'swish',
  'mish',
  'softplus',
  'softsign',
  'hardSigmoid',
  'hardSwish',
  'exponential',
] as const;
export const Activation = OneOf(activationNames);
export type Activation = Static<typeof Activation>;

/** The name of a layer, function, parameter: also its part of the names of parameters. */
export const PartName = Type.String({ pattern: valueNamePattern });

/** Fields every layer has. `inputs` names earlier layers or model inputs; left out, the layer before. */
export const wiring = {
  name: Type.Optional(
    Type.String({ pattern: valueNamePattern, description: 'Left out: its type and a number' }),
  ),
  inputs: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      description: 'What it reads, by name; left out: the layer before',
    }),
  ),
};

/** A number of units, filters, symbols: 2³¹ − 1 is the largest dimension that ONNX kernels index. */
export const Width = (description: string) => Type.Integer({ minimum: 1, maximum: 0x7fffffff, description });

export const Flag = (value: boolean, description: string) =>
  Type.Optional(Type.Boolean({ default: value, description }));

/** A share of elements that dropout sets to zero. */
export const Rate = (description: string) => Type.Number({ minimum: 0, exclusiveMaximum: 1, description });

export const initialized = (description: string) => Type.Optional(described(Initializer, description));

export const regularized = (description: string) => Type.Optional(described(Regularizer, description));

/** A trained kernel and a bias, as most layers have. */
export const kernelAndBias = {
  kernelInitializer: initialized('Default glorotUniform'),
  biasInitializer: initialized('Default zeros'),
  useBias: Flag(true, 'Whether a bias is added'),
  kernelRegularizer: regularized('Added to the loss for the size of the kernel; default none'),
  biasRegularizer: regularized('For the size of the bias; default none'),
  activityRegularizer: regularized('For the size of the result, summed per sample; default none'),
};

export const activated = Type.Optional(described(Activation, 'Applied to the result; default linear'));

function described<Schema extends TSchema>(schema: Schema, description: string): Schema {
  return { ...schema, description };
}
