import type { Layer, SpecOf } from './layer.ts';
import { imageOf, pair, slide } from './window.ts';

type PoolSpec = SpecOf<'maxPool2d'> | SpecOf<'averagePool2d'>;

/** One value for each window and channel; windows are 2×2 and do not overlap unless the spec says so, as in Keras. */
export function pool<Spec extends PoolSpec>(op: 'MaxPool' | 'AveragePool'): Layer<Spec> {
  return {
    takes: 'one',
    build: (context, [input], spec) => {
      const image = imageOf(context, input);
      const window = pair(spec.poolSize ?? 2);
      const step = pair(spec.strides ?? spec.poolSize ?? 2);
      const { size, strides, pads, output } = slide(context, image, window, step, spec.padding);
      const value = context.graph.add(op, [image.value], { kernel_shape: size, strides, pads });
      return { ...image, value, shape: [...output, image.shape[2]!] };
    },
  };
}
