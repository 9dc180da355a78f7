import { isDescentError } from '@descent/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy } from './npy.ts';
import { anyTensor } from './tensor.arbitrary.ts';
import { tensor } from './tensor.ts';

/** An NPY file with the given header text and elements. */
function npy(header: string, data: readonly number[] = [], major = 1): Uint8Array {
  const text = Buffer.from(header);
  const length = Buffer.alloc(major === 1 ? 2 : 4);
  if (major === 1) length.writeUInt16LE(text.byteLength);
  else length.writeUInt32LE(text.byteLength);
  return Buffer.concat([
    Buffer.from('\x93NUMPY', 'latin1'),
    Buffer.from([major, 0]),
    length,
    text,
    Buffer.from(data),
  ]);
}

function header(descr: string, shape: string, fortranOrder = 'False'): string {
  return `{'descr': '${descr}', 'fortran_order': ${fortranOrder}, 'shape': ${shape}, }\n`;
}

function problemOf(bytes: Uint8Array): string {
  try {
    decodeNpy(bytes, 'x');
  } catch (error) {
    if (isDescentError(error, 'NPY_INVALID')) return String(error.details.problem);
    throw error;
  }
  throw new Error('the array was accepted');
}

describe('decodeNpy', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(anyTensor, (original) => {
        const bytes = encodeNpy(original);
        expect((bytes.byteLength - original.data.byteLength) % 64).toBe(0);
        expect(decodeNpy(bytes)).toEqual(original);
      }),
    );
  });

  it.each([
    ['<f2', [0x00, 0x3c, 0x01, 0x00, 0x00, 0xfc], 'float32', [1, 2 ** -24, Number.NEGATIVE_INFINITY]],
    ['>f4', [0x3f, 0x80, 0, 0], 'float32', [1]],
    ['|i1', [0xff, 1], 'int32', [-1, 1]],
    ['<i2', [0xfe, 0xff], 'int32', [-2]],
    ['>u2', [0x01, 0x02], 'int32', [258]],
    ['<u4', [0xff, 0xff, 0xff, 0xff], 'int64', [4294967295n]],
    ['|b1', [1, 0], 'bool', [1, 0]],
  ])('reads elements of type %s', (descr, data, dtype, expected) => {
    const decoded = decodeNpy(npy(header(descr, `(${expected.length},)`), data));
    expect(decoded.dtype).toBe(dtype);
    expect([...decoded.data]).toEqual(expected);
  });

  it('reads header versions 2 and 3, keys in any order, and the long integers of Python 2', () => {
    const text = "{'shape': (2L, 1L), 'descr': '|u1', 'fortran_order': False}";
    for (const major of [2, 3]) {
      expect(decodeNpy(npy(text, [5, 6], major))).toEqual(tensor('uint8', [2, 1], Uint8Array.of(5, 6)));
    }
  });

  it('turns Fortran order into row-major', () => {
    const columnMajor = [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11];
    const decoded = decodeNpy(npy(header('|u1', '(2, 3, 2)', 'True'), columnMajor));
    expect([...decoded.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('refuses Python objects by name', () => {
    try {
      decodeNpy(npy(header('|O', '(1,)'), [0]), 'names');
      expect.unreachable();
    } catch (error) {
      expect(isDescentError(error, 'NPY_OBJECT_ARRAY')).toBe(true);
      expect(String(error)).toContain('Array "names" holds Python objects (dtype |O)');
    }
  });

  it.each([
    [Buffer.from('PK'), 'it does not start as an NPY file'],
    [npy('', [], 4), 'NPY version 4 is not known'],
    [
      npy('__import__("os").system("id")'),
      'its header is not a dictionary of descr, fortran_order and shape',
    ],
    [
      npy("{'descr': '<f4', 'fortran_order': False}"),
      'its header is not a dictionary of descr, fortran_order and shape',
    ],
    [
      npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"),
      'it has named fields (a structured dtype); save one array per field',
    ],
    [npy(header('<f4', '(1.5,)')), 'its header is not a dictionary of descr, fortran_order and shape'],
    [npy(header('<f4', '(4294967296, 4294967296)')), 'its shape is not a list of sizes'],
    [npy(header('<f4', '(1 2)')), 'its shape is not a list of sizes'],
    [
      npy(header('<f4', '(9007199254740991,)'), [0]),
      '9007199254740991 elements need 36028797018963964 bytes; 1 follow the header',
    ],
    [npy(header('<f4', '(2,)'), [0, 0, 0, 0]), '2 elements need 8 bytes; 4 follow the header'],
    [
      npy(header('<c8', '(1,)')),
      'elements of type <c8 are not numbers that we read (f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, b1)',
    ],
    [
      Buffer.concat([npy('', [], 2).subarray(0, 8), Buffer.from([255, 255, 255, 255])]),
      'its header claims 4294967295 bytes; at most 10000 are allowed',
    ],
  ])('refuses a hostile file %#', (bytes, problem) => {
    expect(problemOf(bytes)).toBe(problem);
  });

  it('refuses a file that is cut anywhere', () => {
    const bytes = encodeNpy(tensor('float32', [2], Float32Array.of(1, 2)));
    for (let length = 0; length < bytes.byteLength; length++) problemOf(bytes.subarray(0, length));
  });
});
