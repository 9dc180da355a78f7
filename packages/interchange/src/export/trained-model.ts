import { DescentError } from '@descent/errors';
import type { CompiledModel } from '@descent/models';
import { decodeSafetensors, type Tensor } from '@descent/tensors';

/** A model with its weights, ready to leave. */
export interface TrainedModel {
  /** Of the job, or what the files are called. */
  readonly name: string;
  readonly model: CompiledModel;
  /** float32, by the name of parameter or state. */
  readonly weights: ReadonlyMap<string, Tensor<'float32'>>;
}

/**
 * Ties a weights file or a checkpoint (both safetensors) to the model it belongs to. Views on `file`.
 *
 * @throws DescentError SAFETENSORS_INVALID when a tensor is missing or has another shape
 */
export function readTrainedModel(name: string, model: CompiledModel, file: Uint8Array): TrainedModel {
  const { tensors } = decodeSafetensors(file);
  const weights = model.layout.entries.map((entry) => {
    const stored = tensors.get(entry.name) ?? tensors.get(`parameters/${entry.name}`);
    if (stored?.data instanceof Float32Array && stored.shape.join() === entry.shape.join()) {
      return [entry.name, { dtype: 'float32', shape: stored.shape, data: stored.data }] as const;
    }
    const problem = `it has no float32 [${entry.shape}] named "${entry.name}"`;
    throw new DescentError('SAFETENSORS_INVALID', { problem });
  });
  return { name, model, weights: new Map(weights) };
}
