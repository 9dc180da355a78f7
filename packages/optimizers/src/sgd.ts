import type { Rule, SettingsOf } from './rule.ts';

/**
 * Stochastic gradient descent, with the momentum of Sutskever et al. 2013 ("On the importance of initialization and
 * momentum in deep learning") in the form that torch.optim.SGD gives it, dampening 0:
 *
 *     g ← G·scale + λθ
 *     v ← μv + g                       v₀ = 0
 *     θ ← θ − ηv,  with Nesterov θ ← θ − η(g + μv)
 *
 * Without momentum there is no v, and Nesterov says nothing: θ ← θ − ηg.
 */
export function sgd(settings: SettingsOf<'sgd'>): Rule {
  const { momentum = 0, nesterov = false, weightDecay = 0 } = settings;
  if (momentum === 0)
    return {
      slotNames: [],
      apply: (kernels, { next, parameters, gradients, addend, count, result, scale, learningRate }) =>
        kernels.sgd(next, parameters, gradients, addend, count, result, scale, weightDecay, learningRate),
    };
  return {
    slotNames: ['momentum'],
    apply: (kernels, { next, parameters, gradients, addend, slots, count, result, scale, learningRate }) =>
      kernels.sgdMomentum(
        next,
        parameters,
        gradients,
        addend,
        slots[0]!,
        count,
        result,
        scale,
        weightDecay,
        learningRate,
        momentum,
        nesterov,
      ),
  };
}
