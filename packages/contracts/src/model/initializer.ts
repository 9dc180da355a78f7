import { type Static, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';

export const initializerNames = [
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
  'zeros',
  'ones',
  'normal',
  'uniform',
  'truncatedNormal',
  'orthogonal',
  'identity',
] as const;
export const InitializerName = OneOf(initializerNames);
export type InitializerName = Static<typeof InitializerName>;

const width = Type.Number({ exclusiveMinimum: 0, maximum: 1e6 });
const centre = Type.Optional(Type.Number({ description: 'Default 0' }));
const gain = Type.Optional(Type.Number({ description: 'Factor, default 1' }));

export const initializerSchemas = {
  constant: Closed({ type: Type.Literal('constant'), value: Type.Number() }),
  uniform: Closed({
    type: Type.Literal('uniform'),
    minimum: Type.Number({ description: 'Below maximum' }),
    maximum: Type.Number(),
  }),
  normal: Closed({ type: Type.Literal('normal'), mean: centre, standardDeviation: width }),
  truncatedNormal: Closed({
    type: Type.Literal('truncatedNormal'),
    mean: centre,
    standardDeviation: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1e6,
      description: 'Before values beyond two of them are left out',
    }),
  }),
  orthogonal: Closed({ type: Type.Literal('orthogonal'), gain }),
  identity: Closed({ type: Type.Literal('identity'), gain }),
  varianceScaling: Closed({
    type: Type.Literal('varianceScaling'),
    scale: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 1e6, description: 'Variance × fan; default 1' }),
    ),
    mode: Type.Optional(OneOf(['fanIn', 'fanOut', 'fanAverage'], 'Default fanIn')),
    distribution: Type.Optional(OneOf(['uniform', 'normal', 'truncatedNormal'], 'Default truncatedNormal')),
  }),
} as const;
export type InitializerType = keyof typeof initializerSchemas;

/** A usual one by name, or one with numbers of its own. */
export type Initializer =
  | InitializerName
  | { [T in InitializerType]: Static<(typeof initializerSchemas)[T]> }[InitializerType];
export const Initializer = Type.Unsafe<Initializer>(
  Type.Union([InitializerName, ...Object.values(initializerSchemas)]),
);
