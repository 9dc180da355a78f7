import type { OptimizerSettings } from '@descent/contracts';

/** One parameter and what its optimizer remembers. */
export interface Scalar {
  readonly theta: number;
  readonly slots: readonly number[];
}

/** The update of one parameter in double precision, read off the papers: the oracle of the kernels. */
export function referenceUpdate(
  settings: OptimizerSettings,
  { theta, slots }: Scalar,
  meanGradient: number,
  step: number,
  learningRate: number,
): Scalar {
  switch (settings.type) {
    case 'sgd': {
      const { momentum = 0, nesterov = false, weightDecay = 0 } = settings;
      const g = meanGradient + weightDecay * theta;
      if (momentum === 0) return { theta: theta - learningRate * g, slots: [] };
      const v = momentum * slots[0]! + g;
      return { theta: theta - learningRate * (nesterov ? g + momentum * v : v), slots: [v] };
    }
    case 'adam':
    case 'adamw': {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = settings;
      const { weightDecay = settings.type === 'adam' ? 0 : 0.01 } = settings;
      const g = settings.type === 'adam' ? meanGradient + weightDecay * theta : meanGradient;
      const m = beta1 * slots[0]! + (1 - beta1) * g;
      const v = beta2 * slots[1]! + (1 - beta2) * g * g;
      const mHat = m / (1 - beta1 ** (step + 1));
      const vHat = v / (1 - beta2 ** (step + 1));
      const decayed = settings.type === 'adamw' ? theta - learningRate * weightDecay * theta : theta;
      return { theta: decayed - (learningRate * mHat) / (Math.sqrt(vHat) + epsilon), slots: [m, v] };
    }
    default:
      return settings satisfies never;
  }
}
