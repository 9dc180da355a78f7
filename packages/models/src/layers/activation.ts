import type { Activation } from '@descent/contracts';
import { type Feature, valueAxis } from '../feature.ts';
import type { Layer, LayerContext, SpecOf } from './layer.ts';

/** softmax runs over the last axis of the sample: the classes, or the channels of an image. */
export const activation: Layer<SpecOf<'activation'>> = {
  takes: 'one',
  build: (context, [input], spec) => activate(context, input, spec.activation),
};

/** The feature after an activation function; `linear` adds nothing. */
export function activate(context: LayerContext, feature: Feature, name: Activation | undefined): Feature {
  const { graph } = context;
  switch (name) {
    case undefined:
    case 'linear':
      return feature;
    case 'relu':
      return { ...feature, value: graph.add('Relu', [feature.value]) };
    case 'sigmoid':
      return { ...feature, value: graph.add('Sigmoid', [feature.value]) };
    case 'tanh':
      return { ...feature, value: graph.add('Tanh', [feature.value]) };
    case 'softmax': {
      const rank = feature.shape.length;
      if (rank === 0) throw context.mismatch('softmax needs an axis to run over', '[classes]', feature.shape);
      const axis = valueAxis(feature, rank - 1);
      return { ...feature, value: graph.add('Softmax', [feature.value], { axis }) };
    }
    default:
      return name satisfies never;
  }
}
