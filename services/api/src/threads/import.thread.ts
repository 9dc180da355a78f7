import { readFile } from 'node:fs/promises';
import type { LossType, ModelFormat, ModelTopology } from '@descent/contracts';
import { importKerasFile, importOnnx, isKerasFile } from '@descent/interchange';
import type { ArtifactPlace, HeldArtifact } from '@descent/storage';
import { elementCount, safetensorsChunks } from '@descent/tensors';
import { answering, type ThreadAnswer } from './answer.ts';
import { storeAt } from './store-at.ts';

export interface ImportTask {
  readonly artifactPlace: ArtifactPlace;
  /** The upload. */
  readonly file: string;
  readonly output?: string;
  readonly batchNormalization?: 'train' | 'frozen';
  readonly loss?: LossType;
}

export interface ImportResult {
  readonly format: ModelFormat;
  readonly topology: ModelTopology;
  /** Elements of the weights. */
  readonly parameters: number;
  /** Stored already; null: the file had none. */
  readonly weights: HeldArtifact | null;
}

/** Reads a file of another framework and stores its weights, away from the event loop of the api. */
export default async function importModel(task: ImportTask): Promise<ThreadAnswer<ImportResult>> {
  const { artifactPlace, file, output, batchNormalization, loss } = task;
  return answering(async () => {
    const bytes = await readFile(file);
    const common = output === undefined ? {} : { output };
    const format = isKerasFile(bytes) ? 'keras' : 'onnx';
    const { topology, weights } =
      format === 'keras'
        ? importKerasFile(bytes, { ...common, ...(loss === undefined ? {} : { loss }) })
        : importOnnx(bytes, {
            ...common,
            ...(batchNormalization === undefined ? {} : { batchNormalization }),
          });
    const parameters = [...weights.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
    if (weights.size === 0) return { format, topology, parameters, weights: null };
    const store = await storeAt(artifactPlace);
    return { format, topology, parameters, weights: await store.put(safetensorsChunks(weights)) };
  });
}
