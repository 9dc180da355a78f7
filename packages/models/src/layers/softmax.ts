import { softmaxOver } from './activate.ts';
import { sampleAxis } from './axis.ts';
import type { Layer, SpecOf } from './layer.ts';

/** Softmax over one axis of the sample, the last unless the spec says so (ONNX Softmax). */
export const softmax: Layer<SpecOf<'softmax'>> = {
  takes: 'one',
  build: (context, [input], { axis = -1 }) =>
    softmaxOver(context, input, sampleAxis(context, axis, input.shape)),
};
