import type { Rank } from '@descent/contracts';
import type { Layer, SpecOf } from './layer.ts';
import { imageOf, slide, windowAttributes } from './window.ts';

type PoolSpec = SpecOf<`${'max' | 'average'}Pool${Rank}d`>;

/** One value for each window and channel; windows are 2 wide and do not overlap unless the spec says so, as in Keras. */
export function pool<Spec extends PoolSpec>(op: 'MaxPool' | 'AveragePool', rank: Rank): Layer<Spec> {
  return {
    takes: 'one',
    build: (context, [input], spec) => {
      const image = imageOf(context, input, rank);
      const { poolSize = 2, strides = poolSize, padding } = spec;
      const window = slide(context, image, rank, { size: poolSize, strides, padding });
      const value = context.graph.add(op, [image.value], windowAttributes(window));
      return { ...image, value, shape: [...window.output, image.shape.at(-1)!] };
    },
  };
}
