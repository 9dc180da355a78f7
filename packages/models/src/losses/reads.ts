import type { LossSpec } from '@descent/contracts';

/** A name in the spec of a loss that stands for a value of the model, with the field it stands in. */
export interface Read {
  /** Below the loss: `prediction`, `embeddings[1]`. */
  readonly field: readonly (string | number)[];
  /** undefined: the model's prediction, wherever that is. */
  readonly name: string | undefined;
}

/** The values that a loss is computed from, in the order of its rule. */
export function readsOf(loss: LossSpec): readonly Read[] {
  switch (loss.type) {
    case 'contrastive':
    case 'triplet':
      return loss.embeddings.map((name, index) => ({ field: ['embeddings', index], name }));
    case 'custom':
      return [{ field: ['value'], name: loss.value }];
    default:
      return [{ field: ['prediction'], name: loss.prediction }];
  }
}

/** What a trained model answers with on behalf of this loss. */
export function answerOf(loss: LossSpec): Read {
  if (loss.type === 'custom' && loss.prediction !== undefined) {
    return { field: ['prediction'], name: loss.prediction };
  }
  return readsOf(loss)[0]!;
}
