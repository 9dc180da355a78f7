import type { ValueName } from '@descent/autodiff';
import { toChannelsFirst } from '../feature.ts';
import type { Layer, SpecOf } from './layer.ts';
import { declareScaleAndShift } from './scale-and-shift.ts';

/**
 * Mean 0 and variance 1 of each channel (Ioffe & Szegedy 2015; ONNX BatchNormalization): in training over the samples
 * and positions of the micro-batch, otherwise with the running averages, the states movingMean and movingVariance.
 * gamma, beta [channels].
 */
export const batchNormalization: Layer<SpecOf<'batchNormalization'>> = {
  takes: 'one',
  build: (context, [input], spec) => {
    const { graph } = context;
    const { momentum = 0.99, epsilon = 1e-3 } = spec;
    const channels = input.shape.at(-1);
    if (channels === undefined)
      throw context.mismatch('it needs an axis of channels', '[channels]', input.shape);
    const { gamma, beta } = declareScaleAndShift(context, channels, spec);
    const mean = context.state('movingMean', [channels], 'zeros', momentum);
    const variance = context.state('movingVariance', [channels], 'ones', momentum);
    const x = toChannelsFirst(graph, input);
    const each = (value: number) =>
      graph.constant({ dtype: 'float32', shape: [channels], data: new Float32Array(channels).fill(value) });
    const operands = [x.value, gamma ?? each(1), beta ?? each(0), mean, variance];
    if (context.mode !== 'training') {
      return { ...x, value: graph.add('BatchNormalization', operands, { epsilon }) };
    }
    // A momentum of 0 gives the statistics of this micro-batch; the parameter server keeps the running averages.
    const [value, batchMean, batchVariance] = graph.addMany(
      'BatchNormalization',
      operands,
      { epsilon, momentum: 0, training_mode: 1 },
      3,
    ) as [ValueName, ValueName, ValueName];
    context.updateState(mean, batchMean);
    context.updateState(variance, batchVariance);
    return { ...x, value };
  },
};
