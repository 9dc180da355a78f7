import type { Layer, SpecOf } from './layer.ts';
import { imageOf, pair, slide } from './window.ts';

/** Largest value of each window (ONNX MaxPool); strides default to the window, as in Keras. */
export const maxPool2d: Layer<SpecOf<'maxPool2d'>> = {
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
    const value = context.graph.add('MaxPool', [image.value], { kernel_shape: size, strides, pads });
    return { ...image, value, shape: [...output, image.shape[2]!] };
  },
};
