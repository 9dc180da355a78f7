import { Type } from 'typebox';
import { Closed, OneOf } from '../../closed.ts';
import { SampleShape } from '../names.ts';
import { Width, wiring } from './fields.ts';
import { marginPerAxis, perAxis, type Rank } from './window.ts';

function upSampling<Type_ extends string>(type: Type_, rank: Rank) {
  return Closed({
    type: Type.Literal(type),
    ...wiring,
    size: Type.Optional(perAxis(rank, 'How often each position is repeated, default 2')),
  });
}

function zeroPadding<Type_ extends string, Axes extends Rank>(type: Type_, rank: Axes) {
  return Closed({
    type: Type.Literal(type),
    ...wiring,
    padding: Type.Optional(marginPerAxis(rank, 'Zeros around the image, default 1')),
  });
}

function cropping<Type_ extends string, Axes extends Rank>(type: Type_, rank: Axes) {
  return Closed({
    type: Type.Literal(type),
    ...wiring,
    cropping: Type.Optional(marginPerAxis(rank, 'What is cut off, default 1')),
  });
}

/** Layers that move, repeat or cut values. */
export const shapeLayerSchemas = {
  flatten: Closed({ type: Type.Literal('flatten'), ...wiring }),
  reshape: Closed({ type: Type.Literal('reshape'), ...wiring, shape: SampleShape }),
  permute: Closed({
    type: Type.Literal('permute'),
    ...wiring,
    dims: Type.Array(Type.Integer({ minimum: 0, maximum: 5 }), {
      maxItems: 6,
      description: 'The order of the axes of the sample, counted from 0: [1, 0] transposes a matrix',
    }),
  }),
  repeatVector: Closed({
    type: Type.Literal('repeatVector'),
    ...wiring,
    times: Width('Copies along a new first axis'),
  }),
  upSampling1d: upSampling('upSampling1d', 1),
  upSampling2d: Closed({
    type: Type.Literal('upSampling2d'),
    ...wiring,
    size: Type.Optional(perAxis(2, 'How often each position is repeated, default 2')),
    interpolation: Type.Optional(OneOf(['nearest', 'bilinear'], 'Default nearest')),
  }),
  upSampling3d: upSampling('upSampling3d', 3),
  zeroPadding1d: zeroPadding('zeroPadding1d', 1),
  zeroPadding2d: zeroPadding('zeroPadding2d', 2),
  zeroPadding3d: zeroPadding('zeroPadding3d', 3),
  cropping1d: cropping('cropping1d', 1),
  cropping2d: cropping('cropping2d', 2),
  cropping3d: cropping('cropping3d', 3),
} as const;
