import { differentiate, type Graph, simplify } from '@descent/autodiff';
import { applyCheckpointing } from './checkpointing.ts';
import type { CompiledModel } from './compile-model.ts';

/**
 * Forward and backward pass in one. Inputs: features, labels, dropout masks. Outputs, all sums over the samples of the
 * micro-batch: `loss`, `metric/<name>`, `gradient/<parameter>` for every trainable parameter, `state/<state>`.
 */
export function trainingGraph(model: CompiledModel): Graph {
  return applyCheckpointing(plainTrainingGraph(model), model);
}

/** The training graph that keeps every value of the forward pass until the backward pass has read it. */
export function plainTrainingGraph({ forward, layout }: CompiledModel): Graph {
  const trained = layout.entries.filter(({ trainable }) => trainable).map(({ name }) => name);
  return simplify(differentiate(forward.training, 'loss', trained));
}

/** Outputs `loss` and `metric/<name>` without dropout. Inputs: features and labels. */
export function evaluationGraph({ forward }: CompiledModel): Graph {
  return simplify(forward.evaluation);
}

/** Outputs `prediction` and, for the cross-entropies, `probabilities`. Inputs: features only. */
export function inferenceGraph({ forward }: CompiledModel): Graph {
  return simplify(forward.inference);
}
