import { Type } from 'typebox';
import { Closed } from '../../closed.ts';
import { Flag, initialized, wiring } from './fields.ts';

const epsilon = (value: string) =>
  Type.Optional(
    Type.Number({ exclusiveMinimum: 0, maximum: 1, description: `Added to the variance; default ${value}` }),
  );

const scaleAndShift = {
  center: Flag(true, 'Whether a trained beta is added'),
  scale: Flag(true, 'Whether the result is multiplied by a trained gamma'),
  betaInitializer: initialized('Default zeros'),
  gammaInitializer: initialized('Default ones'),
};

/** Layers that give values mean 0 and variance 1, or length 1. */
export const normalizationLayerSchemas = {
  batchNormalization: Closed({
    type: Type.Literal('batchNormalization'),
    ...wiring,
    momentum: Type.Optional(
      Type.Number({
        minimum: 0,
        exclusiveMaximum: 1,
        description: 'Weight of the old value in the running averages; default 0.99',
      }),
    ),
    epsilon: epsilon('0.001'),
    ...scaleAndShift,
  }),
  layerNormalization: Closed({
    type: Type.Literal('layerNormalization'),
    ...wiring,
    epsilon: epsilon('0.001'),
    ...scaleAndShift,
  }),
  groupNormalization: Closed({
    type: Type.Literal('groupNormalization'),
    ...wiring,
    groups: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 0x7fffffff,
        description:
          'Groups of channels (last axis) that are normalised apart; divides their number; default 32',
      }),
    ),
    epsilon: epsilon('0.001'),
    ...scaleAndShift,
  }),
  rmsNormalization: Closed({
    type: Type.Literal('rmsNormalization'),
    ...wiring,
    epsilon: epsilon('1e-6'),
    scale: Flag(true, 'Whether the result is multiplied by a trained gamma'),
    gammaInitializer: initialized('Default ones'),
  }),
  unitNormalization: Closed({
    type: Type.Literal('unitNormalization'),
    ...wiring,
  }),
} as const;
