import type { Layer, SpecOf } from './layer.ts';
import { imageOf, pair, slide } from './window.ts';

/** Mean of each window (ONNX AveragePool); padding does not count, as in Keras. Strides default to the window. */
export const averagePool2d: Layer<SpecOf<'averagePool2d'>> = {
  takes: 'one',
  build: (context, [input], spec) => {
    const image = imageOf(context, input);
    const window = pair(spec.poolSize ?? 2);
    const { size, strides, pads, output } = slide(
      context,
      image,
      window,
      pair(spec.strides ?? spec.poolSize ?? 2),
      spec.padding,
    );
    const value = context.graph.add('AveragePool', [image.value], { kernel_shape: size, strides, pads });
    return { ...image, value, shape: [...output, image.shape[2]!] };
  },
};
