import { power } from './portable-math.ts';
import type { Rule, SettingsOf } from './rule.ts';

/**
 * Kingma & Ba 2015, "Adam: a method for stochastic optimization", as torch.optim.Adam has it. At step t = 1, 2, …
 *
 *     g ← G·scale + λθ
 *     m ← β₁m + (1 − β₁)g              m₀ = 0
 *     v ← β₂v + (1 − β₂)g²             v₀ = 0
 *     θ ← θ − η·m̂ / (√v̂ + ε),          m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
 */
export function adam({ weightDecay = 0, ...moments }: SettingsOf<'adam'>): Rule {
  return adaptive(moments, () => ({ weightDecay, keep: 1 }));
}

/**
 * Loshchilov & Hutter 2019, "Decoupled weight decay regularization", as torch.optim.AdamW has it: g ← G·scale, and the
 * step of adam is taken from (1 − ηλ)θ.
 */
export function adamw({ weightDecay = 0.01, ...moments }: SettingsOf<'adamw'>): Rule {
  return adaptive(moments, (learningRate) => ({ weightDecay: 0, keep: 1 - learningRate * weightDecay }));
}

interface MomentSettings {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** A smaller ε would be 0 in float32 after underflow, and 0/0 at every element that never had a gradient. */
const smallestEpsilon = 2 ** -126;

function adaptive(
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: MomentSettings,
  decay: (learningRate: number) => { readonly weightDecay: number; readonly keep: number },
): Rule {
  return {
    slotNames: ['firstMoment', 'secondMoment'],
    apply: (kernels, update) => {
      const { next, parameters, gradients, addend, slots, count, result, step, learningRate, scale } = update;
      const { weightDecay, keep } = decay(learningRate);
      const stepSize = learningRate / (1 - power(beta1, step + 1));
      const correction2 = 1 / Math.sqrt(1 - power(beta2, step + 1));
      kernels.adam(
        next,
        parameters,
        gradients,
        addend,
        slots[0]!,
        slots[1]!,
        count,
        result,
        scale,
        weightDecay,
        keep,
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        stepSize,
        correction2,
        Math.max(epsilon, smallestEpsilon),
      );
    },
  };
}
