import { activate } from './activate.ts';
import { depthwise } from './depthwise.ts';
import type { Layer, SpecOf } from './layer.ts';
import { imageOf } from './window.ts';

/**
 * A depthwise convolution and then a 1×1 convolution over all its channels (Chollet 2017): depthwiseKernel
 * [channels · depthMultiplier, 1, height, width], pointwiseKernel [filters, channels · depthMultiplier, 1, 1].
 */
export const separableConv2d: Layer<SpecOf<'separableConv2d'>> = {
  takes: 'one',
  build: (context, [input], spec) => {
    const { filters } = spec;
    const each = depthwise(context, imageOf(context, input, 2), spec, {
      role: 'depthwiseKernel',
      initializer: spec.depthwiseInitializer ?? 'glorotUniform',
      bias: () => undefined,
    });
    const initializer = spec.pointwiseInitializer ?? 'glorotUniform';
    const kernel = context.parameter('pointwiseKernel', [filters, each.shape[2]!, 1, 1], initializer);
    const operands = [each.value, kernel];
    if (spec.useBias !== false) {
      operands.push(context.parameter('bias', [filters], spec.biasInitializer ?? 'zeros'));
    }
    const value = context.graph.add('Conv', operands, { kernel_shape: [1, 1] });
    return activate(context, { ...each, value, shape: each.shape.with(2, filters) }, spec.activation);
  },
};
