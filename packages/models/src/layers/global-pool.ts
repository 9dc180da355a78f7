import type { Rank } from '@descent/contracts';
import { asWritten } from '../feature.ts';
import type { Layer, SpecOf } from './layer.ts';
import { imageOf } from './window.ts';

type GlobalPoolSpec = SpecOf<`global${'Max' | 'Average'}Pool${Rank}d`>;

/** One value for each channel over all positions: [...size, channels] → [channels]. */
function globalPool<Spec extends GlobalPoolSpec>(kind: 'max' | 'average', rank: Rank): Layer<Spec> {
  return {
    takes: 'one',
    build: (context, [input]) => {
      const { graph } = context;
      const image = imageOf(context, input, rank);
      const channels = image.shape.at(-1)!;
      if (kind === 'max') {
        const axes = image.shape.slice(0, -1).map((_, axis) => axis + 2);
        return asWritten(graph.add('ReduceMax', [image.value], { axes, keepdims: 0 }), [channels]);
      }
      const pooled = graph.add('GlobalAveragePool', [image.value]);
      return asWritten(graph.add('Reshape', [pooled, graph.integers([0, channels])]), [channels]);
    },
  };
}

/** Largest value of each channel (ONNX ReduceMax). */
export const globalMaxPool1d = globalPool<SpecOf<'globalMaxPool1d'>>('max', 1);
export const globalMaxPool2d = globalPool<SpecOf<'globalMaxPool2d'>>('max', 2);
export const globalMaxPool3d = globalPool<SpecOf<'globalMaxPool3d'>>('max', 3);

/** Mean of each channel (ONNX GlobalAveragePool). */
export const globalAveragePool1d = globalPool<SpecOf<'globalAveragePool1d'>>('average', 1);
export const globalAveragePool2d = globalPool<SpecOf<'globalAveragePool2d'>>('average', 2);
export const globalAveragePool3d = globalPool<SpecOf<'globalAveragePool3d'>>('average', 3);
