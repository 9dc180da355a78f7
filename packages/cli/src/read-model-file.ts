import type { ExplainModelRequest, ModelSpec } from '@descent/contracts';
import { readJsonFile } from './read-job-file.ts';

/** What a file says of a model: a worked example holds numbers too. */
export interface ModelFile {
  readonly model: ModelSpec;
  readonly example: Partial<Omit<ExplainModelRequest, 'model'>>;
  /** Of a training job. */
  readonly batchSize: number | undefined;
}

/**
 * Reads a model from a bare spec, a training job, or a worked example (`model`, `inputs`, perhaps `parameters`).
 * What it must hold is checked by the api. `-` reads standard input.
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const file = (await readJsonFile(path)) as Record<string, unknown>;
  if (typeof file !== 'object' || file === null || !Object.hasOwn(file, 'model')) {
    return { model: file as unknown as ModelSpec, example: {}, batchSize: undefined };
  }
  const { model, data, training, name: _name, ...rest } = file;
  if (data === undefined && training === undefined) {
    return { model: model as ModelSpec, example: rest, batchSize: undefined };
  }
  const { batchSize } = (training ?? {}) as { batchSize?: number };
  return { model: model as ModelSpec, example: {}, batchSize };
}
