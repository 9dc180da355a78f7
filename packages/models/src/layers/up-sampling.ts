import type { Rank } from '@descent/contracts';
import type { Layer, SpecOf } from './layer.ts';
import { eachAxis, imageOf } from './window.ts';

/** Each position repeated, or interpolated between pixel centres (ONNX Resize): [...size, channels] → [...size · n, channels]. */
function upSampling<Spec extends SpecOf<`upSampling${Rank}d`>>(rank: Rank): Layer<Spec> {
  return {
    takes: 'one',
    build: (context, [input], spec) => {
      const { graph } = context;
      const image = imageOf(context, input, rank);
      const scales = eachAxis(spec.size ?? 2, rank);
      const shape = image.shape.map((size, axis) => size * (scales[axis] ?? 1));
      context.admitShape(shape);
      const factors = graph.constant({
        dtype: 'float32',
        shape: [rank + 2],
        data: Float32Array.of(1, 1, ...scales),
      });
      const bilinear = 'interpolation' in spec && spec.interpolation === 'bilinear';
      const value = graph.add('Resize', [image.value, '', factors], {
        coordinate_transformation_mode: bilinear ? 'half_pixel' : 'asymmetric',
        mode: bilinear ? 'linear' : 'nearest',
        ...(bilinear ? {} : { nearest_mode: 'floor' }),
      });
      return { ...image, value, shape };
    },
  };
}

export const upSampling1d = upSampling<SpecOf<'upSampling1d'>>(1);
export const upSampling2d = upSampling<SpecOf<'upSampling2d'>>(2);
export const upSampling3d = upSampling<SpecOf<'upSampling3d'>>(3);
