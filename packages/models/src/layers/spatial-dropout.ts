import { dropOut } from './drop-out.ts';
import type { Layer, SpecOf } from './layer.ts';

/** Dropout of whole channels, at every position alike (Tompson et al. 2015): Keras' SpatialDropout of any rank. */
export const spatialDropout: Layer<SpecOf<'spatialDropout'>> = {
  takes: 'one',
  build: (context, [input], { rate }) => {
    if (input.shape.length < 2) {
      throw context.mismatch(
        'it drops channels of a sequence or image',
        '[..., positions, channels]',
        input.shape,
      );
    }
    const positions = input.shape.slice(0, -1).map((_, axis) => axis);
    return dropOut(context, input, rate, positions);
  },
};
