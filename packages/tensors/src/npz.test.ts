import { DescentError, isDescentError } from '@descent/errors';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from './npy.ts';
import { encodeNpz, readNpz } from './npz.ts';
import { tensor } from './tensor.ts';

const image = tensor('uint8', [2, 2], Uint8Array.of(1, 2, 3, 4));
const label = tensor('int64', [2], BigInt64Array.of(7n, 8n));

async function problemOf(bytes: Uint8Array, limits = {}): Promise<string> {
  try {
    await readNpz(bytes, limits);
  } catch (error) {
    if (isDescentError(error, 'ARCHIVE_REFUSED') || isDescentError(error, 'DATA_TOO_LARGE'))
      return error.message;
    throw error;
  }
  throw new Error('the archive was accepted');
}

describe('readNpz', () => {
  it('reads stored and compressed arrays in archive order', async () => {
    const expected = new Map<string, unknown>([
      ['image', image],
      ['label', label],
    ]);
    expect(
      await readNpz(
        encodeNpz([
          ['image', image],
          ['label', label],
        ]),
      ),
    ).toEqual(expected);
    const packed = zipSync({ 'image.npy': encodeNpy(image), 'label.npy': encodeNpy(label) }, { level: 9 });
    expect(await readNpz(packed)).toEqual(expected);
  });

  it('refuses more entries than allowed', async () => {
    const bytes = encodeNpz([
      ['image', image],
      ['label', label],
    ]);
    expect(await problemOf(bytes, { maxEntries: 1 })).toContain('it has 2 entries; at most 1 are allowed');
  });

  it('refuses more bytes than allowed before unpacking any', async () => {
    const bytes = encodeNpz([
      ['image', image],
      ['label', label],
    ]);
    expect(await problemOf(bytes, { maxBytes: 200 })).toBe(
      'The content of the zip archive is 276 bytes or more; the limit is 200 bytes',
    );
  });

  it('refuses a large array that packs suspiciously well', async () => {
    const zeros = tensor('uint8', [20 * 1024 ** 2], new Uint8Array(20 * 1024 ** 2));
    const bomb = zipSync({ 'zeros.npy': encodeNpy(zeros) }, { level: 9 });
    expect(await problemOf(bomb)).toMatch(/array "zeros" would grow from \d+ to 20971648 bytes/);
  });

  it('refuses names that leave the archive, other files and doubles', async () => {
    expect(await problemOf(zipSync({ '../x.npy': encodeNpy(image) }))).toContain('../x.npy');
    expect(await problemOf(zipSync({ 'run.py': Buffer.from('') }))).toContain(
      'entry "run.py" is not an .npy array',
    );
    const twice = Buffer.from(
      zipSync({ 'aa.npy': encodeNpy(image), 'ab.npy': encodeNpy(image) }, { level: 0 }),
    );
    for (let at = twice.indexOf('ab.npy'); at >= 0; at = twice.indexOf('ab.npy', at))
      twice.write('aa.npy', at);
    expect(await problemOf(twice)).toContain('"aa.npy" occurs twice');
  });

  it('refuses content that does not match its checksum', async () => {
    const bytes = Buffer.from(encodeNpz([['image', image]]));
    const at = bytes.indexOf(Buffer.from(image.data.buffer));
    bytes[at] = 99;
    expect(await problemOf(bytes)).toContain('"image.npy" does not match its checksum');
  });

  it('refuses a deflated array that is longer than it declares', async () => {
    const bytes = Buffer.from(zipSync({ 'image.npy': encodeNpy(image) }, { level: 9 }));
    const directory = bytes.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
    bytes.writeUInt32LE(10, directory + 24);
    expect(await problemOf(bytes)).toContain('"image.npy"');
  });

  it('refuses an archive cut short', async () => {
    const bytes = encodeNpz([['image', image]]);
    expect(await problemOf(bytes.subarray(0, bytes.byteLength - 8))).toContain('The archive is refused');
    expect(await problemOf(new Uint8Array(0))).toContain('The archive is refused');
  });

  it('answers any altered bytes with arrays or a refusal', async () => {
    const files = { 'image.npy': encodeNpy(image), 'label.npy': encodeNpy(label) };
    const originals = [zipSync(files, { level: 0 }), zipSync(files, { level: 9 })];
    const change = fc.tuple(fc.nat(), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...originals),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        async (original, changes) => {
          const bytes = original.slice();
          for (const [position, value] of changes) bytes[position % bytes.byteLength] = value;
          try {
            expect((await readNpz(bytes)).size).toBeLessThanOrEqual(2);
          } catch (error) {
            expect(error).toBeInstanceOf(DescentError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
