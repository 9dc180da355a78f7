import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { DescentError } from '@descent/errors';
import type { ArtifactStore, S3Place, StoredArtifact } from './artifact-store.ts';
import { checkHash, writeDurably, writeError } from './durable-file.ts';

export interface S3StoreOptions {
  /** Larger files are sent in parts. Default 5 GiB, the most that S3 takes at once. */
  readonly multipartAboveBytes?: number;
  readonly partBytes?: number;
}

const uploadTries = 3;
/** A file that is being fetched grows; one that did not for so long is of a process that died. */
const longestReadMs = 3_600_000;
const nothing = () => undefined;
const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/**
 * Objects `<prefix><hash>` of a bucket. What a file is called is known when it was read to its end, so it lies in `folder`
 * until then; what breaks off before was never sent.
 */
export async function openS3Store(
  folder: string,
  { bucket: Bucket, prefix, region, endpoint }: S3Place,
  { multipartAboveBytes = 5 * 2 ** 30, partBytes = 64 * 2 ** 20 }: S3StoreOptions = {},
): Promise<ArtifactStore> {
  const client = new S3Client({
    region,
    // Its errors are ours to tell.
    logger: silent,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    // Trailing checksums are not understood by all servers; we send the SHA-256 and check what we read ourselves.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const incoming = path.join(folder, 'incoming');
  /** What is being read: no write, so a sweep may come at any time. */
  const outgoing = path.join(folder, 'outgoing');
  for (const one of [incoming, outgoing]) await mkdir(one, { recursive: true });
  const objectOf = (hash: string) => ({ Bucket, Key: prefix + checkHash(hash) });

  async function size(hash: string): Promise<number | null> {
    try {
      return (await client.send(new HeadObjectCommand(objectOf(hash)))).ContentLength ?? 0;
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw unavailable(error);
    }
  }

  async function read(hash: string): Promise<Readable> {
    try {
      const { Body } = await client.send(new GetObjectCommand(objectOf(hash)));
      if (!(Body instanceof Readable)) throw new Error('no body');
      return Body;
    } catch (cause) {
      if (statusOf(cause) === 404) throw new DescentError('ARTIFACT_NOT_FOUND', { hash }, { cause });
      throw unavailable(cause);
    }
  }

  /** Whether the object was made: false when there was one. */
  async function send(file: string, { hash, bytes }: StoredArtifact, isNew: boolean): Promise<boolean> {
    const Body = createReadStream(file, { highWaterMark: 1 << 18 });
    const target = { ...objectOf(hash), Body, ...(isNew ? { IfNoneMatch: '*' } : {}) };
    try {
      if (bytes > multipartAboveBytes) {
        // Aborts the upload, so that no parts stay, when one of them fails.
        await new Upload({ client, params: target, partSize: partBytes, queueSize: 2 }).done();
      } else {
        const ChecksumSHA256 = Buffer.from(hash, 'hex').toString('base64');
        await client.send(new PutObjectCommand({ ...target, ContentLength: bytes, ChecksumSHA256 }));
      }
      return true;
    } catch (error) {
      if (isNew && statusOf(error) === 412) return false;
      throw error;
    } finally {
      Body.destroy();
    }
  }

  /** The client cannot repeat a stream; we have the file. */
  async function sendPatiently(file: string, artifact: StoredArtifact): Promise<void> {
    let isNew = true;
    for (let attempt = 1; ; attempt++) {
      try {
        if (await send(file, artifact, isNew)) return;
        if ((await size(artifact.hash)) === artifact.bytes) return;
        // One of another length is damaged and replaced.
        isNew = false;
      } catch (error) {
        // Not every server knows conditions.
        if (isNew && statusOf(error) === 501) isNew = false;
        else if (attempt >= uploadTries || isOurFault(error)) throw unavailable(error);
        else await delay(100 * 2 ** attempt);
      }
    }
  }

  async function inFile<Result>(place: string, work: (file: string) => Promise<Result>): Promise<Result> {
    const file = path.join(place, randomUUID());
    try {
      return await work(file);
    } catch (error) {
      throw writeError(error);
    } finally {
      await rm(file, { force: true });
    }
  }

  return {
    put: (source, { limitBytes = Number.POSITIVE_INFINITY } = {}) =>
      inFile(incoming, async (file) => {
        const artifact = await writeDurably(source, file, limitBytes);
        await sendPatiently(file, artifact);
        return artifact;
      }),

    read,

    readVerified: (hash) =>
      inFile(outgoing, async (file) => {
        const { hash: actual } = await writeDurably(await read(hash), file, Number.POSITIVE_INFINITY);
        if (actual !== hash) throw new DescentError('ARTIFACT_DAMAGED', { hash, actual });
        // What is open stays readable after the file has gone.
        return (await open(file)).createReadStream({ highWaterMark: 1 << 18 });
      }),

    async readWhole(hash) {
      return buffer(await read(hash));
    },

    size,

    async *list() {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix })) {
        for (const { Key = '' } of Contents) {
          const hash = Key.slice(prefix.length);
          if (/^[0-9a-f]{64}$/.test(hash)) yield hash;
        }
      }
    },

    async delete(hash) {
      const there = (await size(hash)) !== null;
      await client.send(new DeleteObjectCommand(objectOf(hash))).catch((error) => {
        throw unavailable(error);
      });
      return there;
    },

    async sweep() {
      for (const name of await readdir(incoming)) await rm(path.join(incoming, name), { force: true });
      for (const name of await readdir(outgoing)) {
        const file = path.join(outgoing, name);
        const writtenMs = (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
        if (Date.now() - writtenMs > longestReadMs) await rm(file, { force: true });
      }
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: prefix }));
      for (const { Key, UploadId } of Uploads)
        await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    },

    async probe() {
      await client.send(new HeadBucketCommand({ Bucket })).catch((error) => {
        throw unavailable(error);
      });
      await inFile(outgoing, async (file) => (await open(file, 'wx')).close());
    },
  };
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  return (error.$metadata as { httpStatusCode?: number }).httpStatusCode;
}

/** A refusal that would be the same again: no right, no bucket, a wrong checksum. 409: another is writing the same. */
function isOurFault(error: unknown): boolean {
  const status = statusOf(error) ?? 500;
  return status >= 400 && status < 500 && ![408, 409, 429].includes(status);
}

function unavailable(cause: unknown): DescentError {
  return cause instanceof DescentError
    ? cause
    : new DescentError('UNAVAILABLE', { part: 'The artifact store' }, { cause });
}
