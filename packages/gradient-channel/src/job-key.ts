import { createHash } from 'node:crypto';

/** Field `job` of a header: the first 8 bytes of SHA-256 of the job id, read little-endian. */
export function jobKey(jobId: string): bigint {
  return createHash('sha256').update(jobId).digest().readBigUInt64LE(0);
}
