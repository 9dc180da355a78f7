import { writeFile } from 'node:fs/promises';
import type { ExportFormat, ModelSpec } from '@descent/contracts';
import { type ExportedFile, exportModel, readTrainedModel } from '@descent/interchange';
import { compileModel } from '@descent/models';
import type { ArtifactPlace } from '@descent/storage';
import { answering, type ThreadAnswer } from './answer.ts';
import { storeAt } from './store-at.ts';

export interface ExportTask {
  /** What the files are called. */
  readonly name: string;
  readonly format: ExportFormat;
  readonly spec: ModelSpec;
  /** Weights or a checkpoint of the job. */
  readonly weightsHash: string;
  readonly artifactPlace: ArtifactPlace;
  /** Where to write; left alone when the format has no words for the model. */
  readonly target: string;
}

export type ExportResult = Omit<ExportedFile, 'bytes'>;

/**
 * In a thread, and to a file: compiling, and copying what may be gigabytes of weights, would stop the event loop for
 * seconds.
 */
export default async function exportJob(task: ExportTask): Promise<ThreadAnswer<ExportResult>> {
  const { name, format, spec, weightsHash, artifactPlace, target } = task;
  return answering(async () => {
    const weights = await (await storeAt(artifactPlace)).readWhole(weightsHash);
    const trained = readTrainedModel(name, compileModel(spec), weights);
    const { bytes, ...rest } = exportModel(format, trained);
    await writeFile(target, bytes, { mode: 0o600 });
    return rest;
  });
}
