import { activate } from './activate.ts';
import type { Layer, SpecOf } from './layer.ts';

/** softmax runs over the last axis of the sample: the classes, or the channels of an image. */
export const activation: Layer<SpecOf<'activation'>> = {
  takes: 'one',
  build: (context, [input], spec) => activate(context, input, spec.activation),
};
