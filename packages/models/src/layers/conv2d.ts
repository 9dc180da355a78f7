import { activate } from './activation.ts';
import type { Layer, SpecOf } from './layer.ts';
import { imageOf, pair, slide } from './window.ts';

/**
 * 2-D cross-correlation (ONNX Conv): kernel [filters, channels, height, width], bias [filters];
 * [height, width, channels] → [height′, width′, filters].
 */
export const conv2d: Layer<SpecOf<'conv2d'>> = {
  takes: 'one',
  build: (context, [input], spec) => {
    const { graph } = context;
    const image = imageOf(context, input);
    const { size, strides, pads, output } = slide(
      context,
      image,
      pair(spec.kernelSize),
      pair(spec.strides ?? 1),
      spec.padding,
    );
    const channels = image.shape[2]!;
    const kernel = context.parameter(
      'kernel',
      [spec.filters, channels, ...size],
      spec.kernelInitializer ?? 'glorotUniform',
    );
    const operands = [image.value, kernel];
    if (spec.useBias !== false) {
      operands.push(context.parameter('bias', [spec.filters], spec.biasInitializer ?? 'zeros'));
    }
    const value = graph.add('Conv', operands, { kernel_shape: size, strides, pads });
    return activate(context, { ...image, value, shape: [...output, spec.filters] }, spec.activation);
  },
};
