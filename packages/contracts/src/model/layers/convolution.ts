import { type TSchema, Type } from 'typebox';
import { Closed, OneOf } from '../../closed.ts';
import { activated, Flag, initialized, kernelAndBias, Width, wiring } from './fields.ts';
import { Padding, paddings, perAxis, type Rank } from './window.ts';

const filters = Width('Channels of the result');
const multiplier = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 65_536, description: 'Results per channel; default 1' }),
);

const CausalPadding = Type.Optional(
  OneOf([...paddings, 'causal'], 'causal: no result depends on a later position; default valid'),
);

function convolution<Type_ extends string, Padding_ extends TSchema>(
  type: Type_,
  rank: Rank,
  padding: Padding_,
) {
  return Closed({
    type: Type.Literal(type),
    ...wiring,
    filters,
    kernelSize: perAxis(rank, 'Size of the window'),
    strides: Type.Optional(perAxis(rank, 'Distance of windows, default 1')),
    padding,
    dilationRate: Type.Optional(perAxis(rank, 'Distance of the elements of a window, default 1')),
    groups: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_536,
        description: 'Groups of channels that are convolved apart; divides channels and filters; default 1',
      }),
    ),
    activation: activated,
    ...kernelAndBias,
  });
}

function transposed<Type_ extends string>(type: Type_, rank: Rank) {
  return Closed({
    type: Type.Literal(type),
    ...wiring,
    filters,
    kernelSize: perAxis(rank, 'Size of the window'),
    strides: Type.Optional(perAxis(rank, 'Growth of the image, default 1')),
    padding: Type.Optional(
      OneOf(paddings, 'same: size × stride positions; valid: all that a window touches; default valid'),
    ),
    activation: activated,
    ...kernelAndBias,
  });
}

/** Convolutions; features are channels-last. */
export const convolutionLayerSchemas = {
  conv1d: convolution('conv1d', 1, CausalPadding),
  conv2d: convolution('conv2d', 2, Padding),
  conv3d: convolution('conv3d', 3, Padding),
  depthwiseConv2d: Closed({
    type: Type.Literal('depthwiseConv2d'),
    ...wiring,
    kernelSize: perAxis(2, 'Size of the window'),
    strides: Type.Optional(perAxis(2, 'Distance of windows, default 1')),
    padding: Padding,
    dilationRate: Type.Optional(perAxis(2, 'Distance of the elements of a window, default 1')),
    depthMultiplier: multiplier,
    activation: activated,
    ...kernelAndBias,
  }),
  separableConv2d: Closed({
    type: Type.Literal('separableConv2d'),
    ...wiring,
    filters,
    kernelSize: perAxis(2, 'Size of the window'),
    strides: Type.Optional(perAxis(2, 'Distance of windows, default 1')),
    padding: Padding,
    dilationRate: Type.Optional(perAxis(2, 'Distance of the elements of a window, default 1')),
    depthMultiplier: multiplier,
    activation: activated,
    depthwiseInitializer: initialized('Default glorotUniform'),
    pointwiseInitializer: initialized('Default glorotUniform'),
    biasInitializer: initialized('Default zeros'),
    useBias: Flag(true, 'Whether a bias is added'),
  }),
  conv1dTranspose: transposed('conv1dTranspose', 1),
  conv2dTranspose: transposed('conv2dTranspose', 2),
  conv3dTranspose: transposed('conv3dTranspose', 3),
} as const;
