import { readFile } from 'node:fs/promises';
import type { ModelFormat, ModelTopology } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type ImportedModel, type ImportOnnxOptions, importKeras, importOnnx } from '@descent/interchange';
import { type HeldArtifact, openArtifactStore } from '@descent/storage';
import { elementCount, safetensorsChunks } from '@descent/tensors';
import { answering, type ThreadAnswer } from './answer.ts';

export interface ImportTask {
  readonly artifactsDir: string;
  /** The upload. */
  readonly file: string;
  readonly output?: string;
  readonly batchNormalization?: 'train' | 'frozen';
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
  const { artifactsDir, file, output, batchNormalization } = task;
  return answering(async () => {
    const bytes = await readFile(file);
    const options: ImportOnnxOptions = {
      ...(output === undefined ? {} : { output }),
      ...(batchNormalization === undefined ? {} : { batchNormalization }),
    };
    const format = bytes[0] === openingBrace ? 'keras' : 'onnx';
    const { topology, weights } = format === 'keras' ? keras(bytes, options) : importOnnx(bytes, options);
    const parameters = [...weights.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
    if (weights.size === 0) return { format, topology, parameters, weights: null };
    const store = await openArtifactStore(artifactsDir, { sweep: false });
    return { format, topology, parameters, weights: await store.put(safetensorsChunks(weights)) };
  });
}

/** An ONNX file starts with a field number, a Keras topology with its JSON. */
const openingBrace = 0x7b;

function keras(bytes: Uint8Array, { output }: ImportOnnxOptions): ImportedModel {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new DescentError('KERAS_INVALID', { problem: 'it is not JSON' }, { cause });
  }
  return importKeras(json, output === undefined ? {} : { output });
}
