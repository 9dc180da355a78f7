import type { Rank } from '@descent/contracts';
import type { Layer, SpecOf } from './layer.ts';
import { imageOf, marginsOf } from './window.ts';

/** Zeros around an image, sequence or volume (ONNX Pad). */
function zeroPadding<Spec extends SpecOf<`zeroPadding${Rank}d`>>(rank: Rank): Layer<Spec> {
  return {
    takes: 'one',
    build: (context, [input], spec) => {
      const { graph } = context;
      const image = imageOf(context, input, rank);
      const margins = marginsOf(spec.padding ?? 1, rank);
      const shape = image.shape.map(
        (size, axis) => size + (margins[axis]?.[0] ?? 0) + (margins[axis]?.[1] ?? 0),
      );
      const pads = [0, 0, ...margins.map(([before]) => before), 0, 0, ...margins.map(([, after]) => after)];
      context.admitShape(shape);
      return { ...image, value: graph.add('Pad', [image.value, graph.integers(pads)]), shape };
    },
  };
}

export const zeroPadding1d = zeroPadding<SpecOf<'zeroPadding1d'>>(1);
export const zeroPadding2d = zeroPadding<SpecOf<'zeroPadding2d'>>(2);
export const zeroPadding3d = zeroPadding<SpecOf<'zeroPadding3d'>>(3);
