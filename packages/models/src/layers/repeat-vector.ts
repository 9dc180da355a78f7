import { asWritten, toAsWritten } from '../feature.ts';
import type { Layer, SpecOf } from './layer.ts';

/** The same vector at every step of a sequence: [features] → [times, features]. */
export const repeatVector: Layer<SpecOf<'repeatVector'>> = {
  takes: 'one',
  build: (context, [input], { times }) => {
    const { graph } = context;
    const [features, ...others] = input.shape;
    if (features === undefined || others.length > 0) {
      throw context.mismatch('it repeats a vector', '[features]', input.shape);
    }
    const row = graph.add('Reshape', [toAsWritten(graph, input).value, graph.integers([0, 1, features])]);
    return asWritten(graph.add('Tile', [row, graph.integers([1, times, 1])]), [times, features]);
  },
};
