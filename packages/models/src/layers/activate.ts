import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { Activation } from '@descent/contracts';
import { type Feature, valueAxis } from '../feature.ts';
import type { LayerContext } from './layer.ts';

/** The feature after an activation function; `linear` adds nothing. */
export function activate(context: LayerContext, feature: Feature, name: Activation | undefined): Feature {
  if (name === 'softmax') return softmaxOver(context, feature, feature.shape.length - 1);
  const value = activateElements(context.graph, feature.value, name);
  return value === feature.value ? feature : { ...feature, value };
}

/** Softmax over one axis of the sample. */
export function softmaxOver({ graph, mismatch }: LayerContext, feature: Feature, axis: number): Feature {
  if (feature.shape.length === 0)
    throw mismatch('softmax needs an axis to run over', '[classes]', feature.shape);
  return { ...feature, value: graph.add('Softmax', [feature.value], { axis: valueAxis(feature, axis) }) };
}

/**
 * The functions that work element by element. Those with a slope have Keras' defaults: leakyRelu 0.2, elu 1, hardSigmoid
 * relu6(x + 3) ÷ 6. gelu is the exact x · Φ(x) (Hendrycks & Gimpel 2016), silu and swish are x · σ(x).
 */
export function activateElements(
  graph: GraphBuilder,
  x: ValueName,
  name: Exclude<Activation, 'softmax'> | undefined,
): ValueName {
  switch (name) {
    case undefined:
    case 'linear':
      return x;
    case 'relu':
      return graph.add('Relu', [x]);
    case 'sigmoid':
      return graph.add('Sigmoid', [x]);
    case 'tanh':
      return graph.add('Tanh', [x]);
    case 'relu6':
      return graph.add('Clip', [x, graph.scalar(0), graph.scalar(6)]);
    case 'leakyRelu':
      return graph.add('LeakyRelu', [x], { alpha: 0.2 });
    case 'elu':
      return graph.add('Elu', [x], { alpha: 1 });
    case 'selu':
      return graph.add('Selu', [x]);
    case 'gelu':
      return graph.add('Gelu', [x]);
    case 'silu':
    case 'swish':
      return graph.add('Mul', [x, graph.add('Sigmoid', [x])]);
    case 'mish':
      return graph.add('Mish', [x]);
    case 'softplus':
      return graph.add('Softplus', [x]);
    case 'softsign':
      return graph.add('Softsign', [x]);
    case 'hardSigmoid':
      return graph.add('HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 });
    case 'hardSwish':
      return graph.add('HardSwish', [x]);
    case 'exponential':
      return graph.add('Exp', [x]);
    default:
      return name satisfies never;
  }
}
