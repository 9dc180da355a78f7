import type { Rank } from '@descent/contracts';
import { activate } from './activate.ts';
import type { Layer, SpecOf } from './layer.ts';
import { eachAxis, imageOf } from './window.ts';

/**
 * The transpose of a convolution (ONNX ConvTranspose): kernel [channels, filters, ...window], bias [filters];
 * [...size, channels] → [...size′, filters]. `same`: size · stride; `valid`: (size − 1) · stride + window, and never
 * less than size · stride, as in Keras.
 */
function convTranspose<Spec extends SpecOf<`conv${Rank}dTranspose`>>(rank: Rank): Layer<Spec> {
  return {
    takes: 'one',
    build: (context, [input], spec) => {
      const { graph } = context;
      const image = imageOf(context, input, rank);
      const size = eachAxis(spec.kernelSize, rank);
      const strides = eachAxis(spec.strides ?? 1, rank);
      const channels = image.shape.at(-1)!;
      const full = size.map((length, axis) => (image.shape[axis]! - 1) * strides[axis]! + length);
      const output = size.map((length, axis) =>
        spec.padding === 'same'
          ? image.shape[axis]! * strides[axis]!
          : image.shape[axis]! * strides[axis]! + Math.max(length - strides[axis]!, 0),
      );
      context.admitShape([...output, spec.filters]);
      context.admitShape([...full, spec.filters]);
      // What the windows cover beyond the result is cut off, the odd row at the end; what they leave uncovered is zero.
      const surplus = full.map((length, axis) => Math.max(0, length - output[axis]!));
      const before = surplus.map((count) => Math.floor(count / 2));
      const kernel = context.parameter(
        'kernel',
        [channels, spec.filters, ...size],
        spec.kernelInitializer ?? 'glorotUniform',
      );
      const operands = [image.value, kernel];
      if (spec.useBias !== false) {
        operands.push(context.parameter('bias', [spec.filters], spec.biasInitializer ?? 'zeros'));
      }
      const value = graph.add('ConvTranspose', operands, {
        kernel_shape: size,
        strides,
        pads: [...before, ...surplus.map((count, axis) => count - before[axis]!)],
        output_padding: full.map((length, axis) => Math.max(0, output[axis]! - length)),
      });
      return activate(context, { ...image, value, shape: [...output, spec.filters] }, spec.activation);
    },
  };
}

export const conv1dTranspose = convTranspose<SpecOf<'conv1dTranspose'>>(1);
export const conv2dTranspose = convTranspose<SpecOf<'conv2dTranspose'>>(2);
export const conv3dTranspose = convTranspose<SpecOf<'conv3dTranspose'>>(3);
