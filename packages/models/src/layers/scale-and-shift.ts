import type { ValueName } from '@descent/autodiff';
import type { ParameterInitializer } from '../initializers.ts';
import type { LayerContext } from './layer.ts';

export interface ScaleAndShiftSpec {
  readonly scale?: boolean;
  readonly center?: boolean;
  readonly gammaInitializer?: ParameterInitializer;
  readonly betaInitializer?: ParameterInitializer;
}

/** The trained factor and summand of a normalisation, where the spec wants them. */
export interface ScaleAndShift {
  readonly gamma?: ValueName;
  readonly beta?: ValueName;
}

export function declareScaleAndShift(
  context: LayerContext,
  size: number,
  spec: ScaleAndShiftSpec,
): ScaleAndShift {
  const { scale = true, center = true } = spec;
  return {
    ...(scale ? { gamma: context.parameter('gamma', [size], spec.gammaInitializer ?? 'ones') } : {}),
    ...(center ? { beta: context.parameter('beta', [size], spec.betaInitializer ?? 'zeros') } : {}),
  };
}
