import { Type } from 'typebox';
import { Closed } from '../../closed.ts';
import { wiring } from './fields.ts';
import { Padding, perAxis, type Rank } from './window.ts';

function pool<Type_ extends string>(type: Type_, rank: Rank) {
  return Closed({
    type: Type.Literal(type),
    ...wiring,
    poolSize: Type.Optional(perAxis(rank, 'Size of the window, default 2')),
    strides: Type.Optional(perAxis(rank, 'Distance of windows, default poolSize')),
    padding: Padding,
  });
}

function globalPool<Type_ extends string>(type: Type_) {
  return Closed({ type: Type.Literal(type), ...wiring });
}

/** One value for each window and channel, or for each channel. */
export const poolingLayerSchemas = {
  maxPool1d: pool('maxPool1d', 1),
  maxPool2d: pool('maxPool2d', 2),
  maxPool3d: pool('maxPool3d', 3),
  averagePool1d: pool('averagePool1d', 1),
  averagePool2d: pool('averagePool2d', 2),
  averagePool3d: pool('averagePool3d', 3),
  globalMaxPool1d: globalPool('globalMaxPool1d'),
  globalMaxPool2d: globalPool('globalMaxPool2d'),
  globalMaxPool3d: globalPool('globalMaxPool3d'),
  globalAveragePool1d: globalPool('globalAveragePool1d'),
  globalAveragePool2d: globalPool('globalAveragePool2d'),
  globalAveragePool3d: globalPool('globalAveragePool3d'),
} as const;
