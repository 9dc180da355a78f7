import { elementCount } from '@descent/tensors';
import { toChannelsFirst } from '../feature.ts';
import type { Layer, SpecOf } from './layer.ts';
import { declareScaleAndShift } from './scale-and-shift.ts';

/**
 * Mean 0 and variance 1 over all positions of a group of channels (Wu & He 2018): gamma, beta [channels].
 * Each group becomes one row; its mean and variance are those of the row.
 */
export const groupNormalization: Layer<SpecOf<'groupNormalization'>> = {
  takes: 'one',
  build: (context, [input], spec) => {
    const { graph } = context;
    const { groups = 32, epsilon = 1e-3 } = spec;
    const channels = input.shape.at(-1);
    if (channels === undefined)
      throw context.mismatch('it needs an axis of channels', '[channels]', input.shape);
    if (channels % groups !== 0) {
      throw context.mismatch(`groups is ${groups}`, `a multiple of ${groups} channels`, input.shape);
    }
    const x = toChannelsFirst(graph, input);
    const spatial = input.shape.slice(0, -1);
    const row = (elementCount(spatial) * channels) / groups;
    const rows = graph.add('Reshape', [x.value, graph.integers([0, groups, row])]);
    const centred = graph.add('Sub', [rows, graph.add('ReduceMean', [rows], { axes: [-1], keepdims: 1 })]);
    const variance = graph.add('ReduceMean', [graph.add('Mul', [centred, centred])], {
      axes: [-1],
      keepdims: 1,
    });
    const root = graph.add('Sqrt', [graph.add('Add', [variance, graph.scalar(epsilon)])]);
    const scaled = graph.add('Div', [centred, root]);
    const value = graph.add('Reshape', [scaled, graph.integers([0, channels, ...spatial])]);
    const { gamma, beta } = declareScaleAndShift(context, channels, spec);
    const perChannel = (parameter: string) =>
      graph.add('Reshape', [parameter, graph.integers([channels, ...spatial.map(() => 1)])]);
    const multiplied = gamma === undefined ? value : graph.add('Mul', [value, perChannel(gamma)]);
    return {
      ...x,
      value: beta === undefined ? multiplied : graph.add('Add', [multiplied, perChannel(beta)]),
    };
  },
};
