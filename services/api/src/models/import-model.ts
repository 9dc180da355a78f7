import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { LossType, StoredModel } from '@descent/contracts';
import { holdArtifacts, insertModel } from '@descent/storage';
import { ulid } from 'ulid';
import type { Context } from '../context.ts';
import { receiveFile } from '../http/receive-file.ts';
import { unwrap } from '../threads/answer.ts';

export interface ModelUpload {
  readonly content: Readable;
  readonly name: string;
  readonly by: { readonly tokenId: string; readonly teamId: string };
  readonly output?: string;
  readonly batchNormalization?: 'train' | 'frozen';
  readonly loss?: LossType;
}

/**
 * Takes a model file in, makes a spec of it and stores that with its weights; on any error nothing is left.
 * @throws DescentError REQUEST_TOO_LARGE, STORAGE_FULL, ONNX_…, KERAS_…
 */
export async function importModel(context: Context, upload: ModelUpload): Promise<StoredModel> {
  const { db, keeper, threads, artifactPlace } = context;
  const { content, name, by, ...options } = upload;
  const file = context.scratch();
  try {
    await receiveFile(content, file, context.limits.modelBytes);
    return await keeper.writing(async () => {
      const imported = unwrap(await threads.importModel({ ...options, file, artifactPlace }));
      const nowMs = context.clock();
      const model: StoredModel = {
        id: `mdl_${ulid(nowMs)}`,
        name,
        format: imported.format,
        createdAt: new Date(nowMs).toISOString(),
        parameters: imported.parameters,
        weightsHash: imported.weights?.hash ?? null,
        topology: imported.topology,
      };
      await db.transaction().execute(async (transaction) => {
        await insertModel(transaction, model, by);
        if (imported.weights !== null) await holdArtifacts(transaction, model.id, [imported.weights]);
      });
      return model;
    });
  } finally {
    await rm(file, { force: true });
  }
}
