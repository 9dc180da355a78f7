import { activationNames, type Initializer } from '@descent/contracts';
import { field, isObject, textField } from './json.ts';

/** How one value of a Keras config is read and written. `undefined` from `read`: the value has no counterpart. */
export interface FieldKind {
  read(value: unknown): unknown;
  write(value: unknown): unknown;
}

const same = (accepts: (value: unknown) => boolean): FieldKind => ({
  read: (value) => (accepts(value) ? value : undefined),
  write: (value) => value,
});
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

export const count = same(isCount);
export const flag = same((value) => typeof value === 'boolean');
export const real = same((value) => typeof value === 'number' && Number.isFinite(value));
/** One number for all spatial axes, or one each. */
export const perAxis = same(
  (value) => isCount(value) || (Array.isArray(value) && value.length > 0 && value.every(isCount)),
);
export const margin = same(
  (value) =>
    isMargin(value) || (Array.isArray(value) && value.every((side) => isMargin(side) || isPair(side))),
);
export const text = (...allowed: readonly string[]) => same((value) => allowed.includes(value as string));
export const shape = same((value) => Array.isArray(value) && value.length <= 6 && value.every(isCount));

function isMargin(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(isMargin);
}

/** Keras counts the batch axis, a spec does not. */
export const axis: FieldKind = {
  read: (value) => {
    if (!Number.isSafeInteger(value) || value === 0) return undefined;
    return (value as number) > 0 ? (value as number) - 1 : value;
  },
  write: (value) => ((value as number) >= 0 ? (value as number) + 1 : value),
};

export const axes: FieldKind = {
  read: (value) => {
    const list = Array.isArray(value) ? value.map(axis.read) : undefined;
    return list?.includes(undefined) ? undefined : list;
  },
  write: (value) => (value as readonly number[]).map(axis.write),
};

/** Of Dot: one number for both inputs, or one each. */
export const dotAxes: FieldKind = {
  read: (value) => axes.read(Array.isArray(value) ? value : [value, value]),
  write: axes.write,
};

export const mergeMode: FieldKind = {
  read: (value) => ({ concat: 'concat', sum: 'sum', mul: 'multiply', ave: 'average' })[value as string],
  write: (value) => ({ concat: 'concat', sum: 'sum', multiply: 'mul', average: 'ave' })[value as string],
};

const known: ReadonlyMap<string, string> = new Map(activationNames.map((name) => [snake(name), name]));

/** By name, or as an object of Keras 3. */
export const activation: FieldKind = {
  read: (value) => {
    const name = typeof value === 'string' ? value : textField(value, 'class_name');
    return value === null ? 'linear' : known.get(snake(name ?? ''));
  },
  write: (value) => (value === 'silu' ? 'swish' : snake(value as string)),
};

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, '');
}

const initializerNames: Readonly<Record<string, Initializer>> = {
  glorotuniform: 'glorotUniform',
  glorotnormal: 'glorotNormal',
  heuniform: 'heUniform',
  henormal: 'heNormal',
  lecununiform: 'lecunUniform',
  lecunnormal: 'lecunNormal',
  zeros: 'zeros',
  ones: 'ones',
  uniform: 'uniform',
  normal: 'normal',
};

/** By name, or with its config. Those of an export are left out: its weights come along. */
export const initializer: FieldKind = {
  read: (value) => {
    const name = typeof value === 'string' ? value : textField(value, 'class_name');
    const plain = (name ?? '').replaceAll('_', '').toLowerCase();
    const config = isObject(value) ? field(value, 'config') : undefined;
    const number = (key: string) => {
      const given = field(config, key);
      return typeof given === 'number' && Number.isFinite(given) ? given : undefined;
    };
    switch (plain) {
      case 'constant':
        return { type: 'constant', value: number('value') ?? 0 };
      case 'randomuniform':
        return { type: 'uniform', minimum: number('minval') ?? -0.05, maximum: number('maxval') ?? 0.05 };
      case 'randomnormal':
        return { type: 'normal', mean: number('mean') ?? 0, standardDeviation: number('stddev') ?? 0.05 };
      case 'truncatednormal':
        return {
          type: 'truncatedNormal',
          mean: number('mean') ?? 0,
          standardDeviation: number('stddev') ?? 0.05,
        };
      case 'orthogonal':
      case 'identity':
        return { type: plain, gain: number('gain') ?? 1 };
      case 'variancescaling':
        return varianceScaling(
          number('scale') ?? 1,
          textField(config, 'mode'),
          textField(config, 'distribution'),
        );
      default:
        return initializerNames[plain];
    }
  },
  write: () => undefined,
};

function varianceScaling(
  scale: number,
  mode = 'fan_in',
  distribution = 'truncated_normal',
): Initializer | undefined {
  const modes = { fan_in: 'fanIn', fan_out: 'fanOut', fan_avg: 'fanAverage' } as const;
  const distributions = {
    uniform: 'uniform',
    truncated_normal: 'truncatedNormal',
    untruncated_normal: 'normal',
    normal: 'truncatedNormal',
  } as const;
  if (!Object.hasOwn(modes, mode) || !Object.hasOwn(distributions, distribution)) return undefined;
  return {
    type: 'varianceScaling',
    scale,
    mode: modes[mode as keyof typeof modes],
    distribution: distributions[distribution as keyof typeof distributions],
  };
}
