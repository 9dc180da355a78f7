import { activate } from './activate.ts';
import { depthwise } from './depthwise.ts';
import type { Layer, SpecOf } from './layer.ts';
import { imageOf } from './window.ts';

/**
 * Each channel is convolved for itself: kernel [channels · depthMultiplier, 1, height, width];
 * [height, width, channels] → [height′, width′, channels · depthMultiplier].
 */
export const depthwiseConv2d: Layer<SpecOf<'depthwiseConv2d'>> = {
  takes: 'one',
  build: (context, [input], spec) => {
    const image = imageOf(context, input, 2);
    const filters = image.shape[2]! * (spec.depthMultiplier ?? 1);
    const bias = () =>
      spec.useBias === false
        ? undefined
        : context.parameter('bias', [filters], spec.biasInitializer ?? 'zeros');
    const initializer = spec.kernelInitializer ?? 'glorotUniform';
    const result = depthwise(context, image, spec, { role: 'kernel', initializer, bias });
    return activate(context, result, spec.activation);
  },
};
