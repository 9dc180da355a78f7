import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline, type Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DescentError } from '@descent/errors';

/** The bytes of a file; unpacked on the way when it starts as gzip. The stream fails with ARCHIVE_REFUSED when it is a bomb. */
export async function openFile(
  path: string,
): Promise<{ readonly stream: Readable; readonly packed: boolean }> {
  const [packed, { size }] = await Promise.all([isGzip(path), stat(path)]);
  const highWaterMark = Math.min(readAheadBytes, size + 1);
  const file = createReadStream(path, { highWaterMark });
  if (!packed) return { stream: file, packed };
  const chunkSize = Math.min(readAheadBytes, Math.max(64, size * maxDeflate));
  const stream = pipeline(file, createGunzip({ chunkSize }), growthLimit(size), () => {
    // A failure reaches the consumer as the error of the last stream.
  });
  return { stream, packed };
}

const readAheadBytes = 1024 ** 2;
/** Deflate makes no more than that of a byte. */
const maxDeflate = 1032;
/** Tables and arrays of few values shrink a lot; what grows more than this is a bomb. The first part is for small files. */
const maxGrowth = 200;
const freeBytes = 64 * 1024 ** 2;

function growthLimit(packedBytes: number): Transform {
  const limit = freeBytes + maxGrowth * packedBytes;
  let unpacked = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      unpacked += chunk.byteLength;
      if (unpacked <= limit) done(null, chunk);
      else
        done(new DescentError('ARCHIVE_REFUSED', { problem: `it would grow to more than ${limit} bytes` }));
    },
  });
}

export async function isGzip(path: string): Promise<boolean> {
  const start = await readStart(path, 2);
  return start[0] === 0x1f && start[1] === 0x8b;
}

/** Up to `length` bytes from the start of a file. */
export async function readStart(path: string, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.read(buffer, 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

export interface ByteReader {
  /** The next `length` bytes in memory of their own; fewer only at the end of the stream. */
  read(length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** Turns chunks of any size into pieces of the wanted size. */
export function createByteReader(stream: AsyncIterable<Buffer>): ByteReader {
  const iterator = stream[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  return {
    async read(length) {
      const piece = Buffer.allocUnsafeSlow(length);
      let filled = 0;
      while (filled < length) {
        if (rest.byteLength === 0) {
          const next = await iterator.next();
          if (next.done === true) return piece.subarray(0, filled);
          rest = next.value;
        }
        const copied = rest.copy(piece, filled);
        filled += copied;
        rest = rest.subarray(copied);
      }
      return piece;
    },
    async close() {
      await iterator.return?.();
    },
  };
}
