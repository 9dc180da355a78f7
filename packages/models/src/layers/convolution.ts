import type { Rank } from '@descent/contracts';
import { activate } from './activate.ts';
import type { Layer, SpecOf } from './layer.ts';
import { imageOf, slide, windowAttributes } from './window.ts';

type ConvolutionSpec = SpecOf<'conv1d'> | SpecOf<'conv2d'> | SpecOf<'conv3d'>;

/**
 * Cross-correlation over `rank` axes (ONNX Conv): kernel [filters, channels ÷ groups, ...window], bias [filters];
 * [...size, channels] → [...size′, filters].
 */
export function convolution<Spec extends ConvolutionSpec>(rank: Rank): Layer<Spec> {
  return {
    takes: 'one',
    build: (context, [input], spec) => {
      const { graph } = context;
      const image = imageOf(context, input, rank);
      const window = slide(context, image, rank, {
        size: spec.kernelSize,
        strides: spec.strides,
        dilation: spec.dilationRate,
        padding: spec.padding,
      });
      const channels = image.shape.at(-1)!;
      const { filters, groups = 1 } = spec;
      if (channels % groups !== 0 || filters % groups !== 0) {
        const problem = `groups is ${groups}, which does not divide its ${channels} channels and ${filters} filters`;
        throw context.invalid(problem);
      }
      const kernel = context.parameter(
        'kernel',
        [filters, channels / groups, ...window.size],
        spec.kernelInitializer ?? 'glorotUniform',
      );
      const operands = [image.value, kernel];
      if (spec.useBias !== false) {
        operands.push(context.parameter('bias', [filters], spec.biasInitializer ?? 'zeros'));
      }
      const attributes = { ...windowAttributes(window), ...(groups === 1 ? {} : { group: groups }) };
      const value = graph.add('Conv', operands, attributes);
      return activate(context, { ...image, value, shape: [...window.output, filters] }, spec.activation);
    },
  };
}
