import { asWritten } from '../feature.ts';
import type { Layer, SpecOf } from './layer.ts';
import { imageOf } from './window.ts';

/** Mean over height and width (ONNX GlobalAveragePool): [height, width, channels] → [channels]. */
export const globalAveragePool2d: Layer<SpecOf<'globalAveragePool2d'>> = {
  takes: 'one',
  build: (context, [input]) => {
    const { graph } = context;
    const image = imageOf(context, input);
    const channels = image.shape[2]!;
    const pooled = graph.add('GlobalAveragePool', [image.value]);
    return asWritten(graph.add('Reshape', [pooled, graph.integers([0, channels])]), [channels]);
  },
};
