import type { LossTable } from './loss.ts';
import { meanSquaredError } from './mean-squared-error.ts';
import { sigmoidCrossEntropy } from './sigmoid-cross-entropy.ts';
import { softmaxCrossEntropy } from './softmax-cross-entropy.ts';

/** Every loss that a spec may name. */
export const losses: LossTable = { softmaxCrossEntropy, sigmoidCrossEntropy, meanSquaredError };
