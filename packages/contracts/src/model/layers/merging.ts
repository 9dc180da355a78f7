import { Type } from 'typebox';
import { Closed } from '../../closed.ts';
import { Flag, wiring } from './fields.ts';

function merge<Type_ extends string>(type: Type_) {
  return Closed({ type: Type.Literal(type), ...wiring });
}

/** Layers that join two or more values into one. */
export const mergingLayerSchemas = {
  add: merge('add'),
  subtract: merge('subtract'),
  multiply: merge('multiply'),
  average: merge('average'),
  maximum: merge('maximum'),
  minimum: merge('minimum'),
  concat: Closed({
    type: Type.Literal('concat'),
    ...wiring,
    axis: Type.Optional(
      Type.Integer({ description: 'Axis of the sample, counted from 0; default −1, the last' }),
    ),
  }),
  dot: Closed({
    type: Type.Literal('dot'),
    ...wiring,
    axes: Type.Optional(
      Type.Array(Type.Integer(), {
        minItems: 2,
        maxItems: 2,
        description: 'The axis of each sample that is summed over; default the last of both',
      }),
    ),
    normalize: Flag(false, 'Divide by both lengths: the cosine of the angle'),
  }),
} as const;
