import { normalQuantile } from './normal-quantile.ts';

/** Inputs and outputs of one unit. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** How the elements of a fresh parameter are distributed. */
export type Distribution = SampledDistribution | WholeDistribution;

/** Each element for itself, from one uniform word. */
export type SampledDistribution =
  /** Between −limit and limit. */
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'between'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly standardDeviation: number }
  /** Without what lies beyond two deviations. */
  | { readonly kind: 'truncatedNormal'; readonly mean: number; readonly standardDeviation: number };

/** The tensor as a whole. */
export type WholeDistribution =
  | { readonly kind: 'constant'; readonly value: number }
  /** As many equal parts as there are values. */
  | { readonly kind: 'parts'; readonly values: readonly number[] }
  | { readonly kind: 'identity'; readonly gain: number }
  /** Orthonormal rows or columns, whichever are fewer, times gain. */
  | { readonly kind: 'orthogonal'; readonly gain: number };

/** Share of a normal distribution below −2 deviations. */
const lowerTail = 0.022750131948179212;

/** A uniform 32-bit word as a number of the distribution. */
export function sample(distribution: SampledDistribution, word: number): number {
  const unit = (word + 0.5) / 2 ** 32;
  switch (distribution.kind) {
    case 'uniform':
      return (2 * unit - 1) * distribution.limit;
    case 'between':
      return distribution.minimum + unit * (distribution.maximum - distribution.minimum);
    case 'normal':
      return distribution.mean + normalQuantile(unit) * distribution.standardDeviation;
    case 'truncatedNormal': {
      const inside = lowerTail + unit * (1 - 2 * lowerTail);
      return distribution.mean + normalQuantile(inside) * distribution.standardDeviation;
    }
    default:
      return distribution satisfies never;
  }
}
