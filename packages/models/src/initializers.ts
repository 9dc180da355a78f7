import type { Initializer, InitializerName } from '@descent/contracts';
import type { Distribution, Fans } from './distribution.ts';

/** The bias of a recurrent layer's gates: equal parts of the vector, each with its own constant. */
export interface PartsInitializer {
  readonly type: 'parts';
  readonly values: readonly number[];
}

/** What a layer may ask for: what a spec may name, and what only layers need. */
export type ParameterInitializer = Initializer | PartsInitializer;

/**
 * The named ones. Glorot & Bengio 2010; He et al. 2015; LeCun et al. 1998; Saxe et al. 2013 (orthogonal). `normal`,
 * `uniform` and `truncatedNormal` have Keras' width of 0.05. Only `truncatedNormal` is truncated.
 */
const named: { readonly [Name in InitializerName]: (fans: Fans) => Distribution } = {
  glorotUniform: ({ fanIn, fanOut }) => ({ kind: 'uniform', limit: Math.sqrt(6 / (fanIn + fanOut)) }),
  glorotNormal: ({ fanIn, fanOut }) => normal(Math.sqrt(2 / (fanIn + fanOut))),
  heUniform: ({ fanIn }) => ({ kind: 'uniform', limit: Math.sqrt(6 / fanIn) }),
  heNormal: ({ fanIn }) => normal(Math.sqrt(2 / fanIn)),
  lecunUniform: ({ fanIn }) => ({ kind: 'uniform', limit: Math.sqrt(3 / fanIn) }),
  lecunNormal: ({ fanIn }) => normal(Math.sqrt(1 / fanIn)),
  zeros: () => ({ kind: 'constant', value: 0 }),
  ones: () => ({ kind: 'constant', value: 1 }),
  normal: () => normal(0.05),
  uniform: () => ({ kind: 'uniform', limit: 0.05 }),
  truncatedNormal: () => ({ kind: 'truncatedNormal', mean: 0, standardDeviation: 0.05 }),
  orthogonal: () => ({ kind: 'orthogonal', gain: 1 }),
  identity: () => ({ kind: 'identity', gain: 1 }),
};

/** How the elements of a fresh parameter are distributed. */
export function distributionOf(initializer: ParameterInitializer, fans: Fans): Distribution {
  if (typeof initializer === 'string') return named[initializer](fans);
  switch (initializer.type) {
    case 'constant':
      return { kind: 'constant', value: initializer.value };
    case 'uniform':
      return { kind: 'between', minimum: initializer.minimum, maximum: initializer.maximum };
    case 'normal':
    case 'truncatedNormal':
      return {
        kind: initializer.type,
        mean: initializer.mean ?? 0,
        standardDeviation: initializer.standardDeviation,
      };
    case 'orthogonal':
    case 'identity':
      return { kind: initializer.type, gain: initializer.gain ?? 1 };
    case 'varianceScaling':
      return scaled(initializer, fans);
    case 'parts':
      return { kind: 'parts', values: initializer.values };
    default:
      return initializer satisfies never;
  }
}

/** A normal distribution loses this share of its deviation when all beyond two deviations is left out. */
const truncatedDeviation = 0.8796256610342398;

/** Variance scale ÷ fan, as Keras' VarianceScaling. */
function scaled(
  spec: Extract<Initializer, { type: 'varianceScaling' }>,
  { fanIn, fanOut }: Fans,
): Distribution {
  const { scale = 1, mode = 'fanIn', distribution = 'truncatedNormal' } = spec;
  const fan = { fanIn, fanOut, fanAverage: (fanIn + fanOut) / 2 }[mode];
  const variance = scale / fan;
  switch (distribution) {
    case 'uniform':
      return { kind: 'uniform', limit: Math.sqrt(3 * variance) };
    case 'normal':
      return normal(Math.sqrt(variance));
    case 'truncatedNormal':
      return {
        kind: 'truncatedNormal',
        mean: 0,
        standardDeviation: Math.sqrt(variance) / truncatedDeviation,
      };
    default:
      return distribution satisfies never;
  }
}

function normal(standardDeviation: number): Distribution {
  return { kind: 'normal', mean: 0, standardDeviation };
}

/**
 * Inputs and outputs of one unit: of [in, out] the axes themselves; of a kernel [out, in, ...window] both times the
 * window; of a vector its length.
 */
export function fansOf(shape: readonly number[]): Fans {
  const [first = 1, second = first, ...window] = shape;
  if (shape.length <= 2) return { fanIn: first, fanOut: second };
  const size = window.reduce((product, extent) => product * extent, 1);
  return { fanIn: second * size, fanOut: first * size };
}

/** Multiplications that an orthogonal matrix may cost: about ten seconds, a recurrent kernel of 1,024 × 4,096. */
const orthogonalWork = 2 ** 32;

/** Why a parameter of that shape cannot be initialised so; undefined where it can. */
export function initializerProblem(
  initializer: ParameterInitializer,
  shape: readonly number[],
): string | undefined {
  const type = typeof initializer === 'string' ? initializer : initializer.type;
  const at = `shape [${shape.join(', ')}]`;
  if (type === 'identity' && shape.length !== 2) {
    return `the initialiser identity is for matrices [rows, columns], not for a parameter of ${at}`;
  }
  if (type === 'orthogonal') {
    if (shape.length < 2) return `the initialiser orthogonal is for matrices, not for a parameter of ${at}`;
    const { least, most } = sidesOf(shape);
    if (least * least * most > orthogonalWork)
      return `an orthogonal matrix of ${at} is too much work; use glorotUniform`;
  }
  if (typeof initializer !== 'string' && initializer.type === 'uniform') {
    const { minimum, maximum } = initializer;
    if (minimum > maximum) return `the initialiser uniform goes from ${minimum} down to ${maximum}`;
  }
  return undefined;
}

function sidesOf([rows = 1, ...others]: readonly number[]): { least: number; most: number } {
  const columns = others.reduce((product, extent) => product * extent, 1);
  return { least: Math.min(rows, columns), most: Math.max(rows, columns) };
}
