import { activate } from './activate.ts';
import type { Layer, SpecOf } from './layer.ts';
import { linear } from './linear.ts';

/**
 * y = activation(x · kernel + bias) over the last axis of x, as in Keras.
 * kernel [features, units], bias [units]; x [..., features] → [..., units].
 */
export const dense: Layer<SpecOf<'dense'>> = {
  takes: 'one',
  build: (context, [input], spec) => activate(context, linear(context, input, spec), spec.activation),
};
