import type { Initializer } from '@descent/contracts';
import { normalQuantile } from './normal-quantile.ts';

/** How the elements of a fresh parameter are distributed. */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'normal'; readonly standardDeviation: number };

/** Glorot & Bengio 2010; He et al. 2015. `normal` and `uniform` have Keras' width of 0.05. Nothing is truncated. */
export const initializers: {
  readonly [Name in Initializer]: (fan: { fanIn: number; fanOut: number }) => Distribution;
} = {
  glorotUniform: ({ fanIn, fanOut }) => ({ kind: 'uniform', limit: Math.sqrt(6 / (fanIn + fanOut)) }),
  glorotNormal: ({ fanIn, fanOut }) => ({
    kind: 'normal',
    standardDeviation: Math.sqrt(2 / (fanIn + fanOut)),
  }),
  heUniform: ({ fanIn }) => ({ kind: 'uniform', limit: Math.sqrt(6 / fanIn) }),
  heNormal: ({ fanIn }) => ({ kind: 'normal', standardDeviation: Math.sqrt(2 / fanIn) }),
  zeros: () => ({ kind: 'constant', value: 0 }),
  ones: () => ({ kind: 'constant', value: 1 }),
  normal: () => ({ kind: 'normal', standardDeviation: 0.05 }),
  uniform: () => ({ kind: 'uniform', limit: 0.05 }),
};

/**
 * Inputs and outputs of one unit: of [in, out] the axes themselves; of a kernel [out, in, ...window] both times the
 * window; of a vector its length.
 */
export function fansOf(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const [first = 1, second = first, ...window] = shape;
  if (shape.length <= 2) return { fanIn: first, fanOut: second };
  const size = window.reduce((product, extent) => product * extent, 1);
  return { fanIn: second * size, fanOut: first * size };
}

/** A uniform 32-bit word as a number of the distribution. */
export function sample(distribution: Exclude<Distribution, { kind: 'constant' }>, word: number): number {
  const unit = (word + 0.5) / 2 ** 32;
  return distribution.kind === 'uniform'
    ? (2 * unit - 1) * distribution.limit
    : normalQuantile(unit) * distribution.standardDeviation;
}
