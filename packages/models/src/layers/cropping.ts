import type { Rank } from '@descent/contracts';
import type { Layer, SpecOf } from './layer.ts';
import { imageOf, marginsOf } from './window.ts';

/** Cuts off both ends of the spatial axes (ONNX Slice). */
function cropping<Spec extends SpecOf<`cropping${Rank}d`>>(rank: Rank): Layer<Spec> {
  return {
    takes: 'one',
    build: (context, [input], spec) => {
      const { graph } = context;
      const image = imageOf(context, input, rank);
      const margins = marginsOf(spec.cropping ?? 1, rank);
      const shape = image.shape.map(
        (size, axis) => size - (margins[axis]?.[0] ?? 0) - (margins[axis]?.[1] ?? 0),
      );
      if (shape.some((size) => size < 1)) {
        const least = margins.map(([before, after]) => before + after + 1);
        throw context.mismatch(
          'it cuts everything off',
          `at least [${least.join(', ')}, channels]`,
          input.shape,
        );
      }
      const starts = margins.map(([before]) => before);
      const ends = starts.map((start, axis) => start + shape[axis]!);
      const axes = starts.map((_, axis) => axis + 2);
      const value = graph.add('Slice', [
        image.value,
        graph.integers(starts),
        graph.integers(ends),
        graph.integers(axes),
      ]);
      return { ...image, value, shape };
    },
  };
}

export const cropping1d = cropping<SpecOf<'cropping1d'>>(1);
export const cropping2d = cropping<SpecOf<'cropping2d'>>(2);
export const cropping3d = cropping<SpecOf<'cropping3d'>>(3);
