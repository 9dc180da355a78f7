import { isDescentError } from '@descent/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dtypes } from './dtype.ts';
import { decodeSafetensors } from './safetensors-decode.ts';
import { encodeSafetensors, safetensorsChunks } from './safetensors-encode.ts';
import { safetensorsLayout } from './safetensors-layout.ts';
import { anyTensor } from './tensor.arbitrary.ts';
import { elementCount, type Tensor, tensor } from './tensor.ts';

const weights = tensor('float32', [2, 2], Float32Array.of(1, -2, 0.5, 3));
const flags = tensor('bool', [3], Uint8Array.of(1, 0, 1));
const steps = tensor('int64', [], BigInt64Array.of(7n));

/** A file with the given header text and data section. */
function fileWith(header: string, dataBytes = 0): Uint8Array {
  const text = Buffer.from(header);
  const file = Buffer.alloc(8 + text.byteLength + dataBytes);
  file.writeBigUInt64LE(BigInt(text.byteLength), 0);
  text.copy(file, 8);
  return file;
}

function problemOf(bytes: Uint8Array): string {
  try {
    decodeSafetensors(bytes);
  } catch (error) {
    if (isDescentError(error, 'SAFETENSORS_INVALID')) return String(error.details.problem);
    throw error;
  }
  throw new Error('the file was accepted');
}

describe('encodeSafetensors', () => {
  it('writes large elements first, names ascending, behind a header padded to 8 bytes', () => {
    const bytes = Buffer.from(
      encodeSafetensors(
        [
          ['flags', flags],
          ['w', weights],
          ['step', steps],
        ],
        { b: '2', a: '1' },
      ),
    );
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(bytes.toString('utf8', 8, 8 + length).trimEnd()).toBe(
      '{"__metadata__":{"a":"1","b":"2"},' +
        '"step":{"dtype":"I64","shape":[],"data_offsets":[0,8]},' +
        '"w":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]},' +
        '"flags":{"dtype":"BOOL","shape":[3],"data_offsets":[24,27]}}',
    );
    expect(bytes.subarray(8 + length).toString('hex')).toBe(
      '0700000000000000' + '0000803f000000c00000003f00004040' + '010001',
    );
  });

  it('gives the same bytes for the same tensors in another order', () => {
    const one = encodeSafetensors([
      ['10', weights],
      ['9', flags],
      ['a', steps],
    ]);
    expect(
      encodeSafetensors([
        ['a', steps],
        ['9', flags],
        ['10', weights],
      ]),
    ).toEqual(one);
  });

  it('knows the length of the file before any tensor is written', () => {
    const tensors: [string, Tensor][] = [
      ['w', weights],
      ['flags', flags],
    ];
    const chunks = [...safetensorsChunks(tensors)];
    expect(chunks.length).toBe(3);
    expect(safetensorsLayout(tensors).totalBytes).toBe(Buffer.concat(chunks).byteLength);
  });

  it('refuses two tensors of one name', () => {
    expect(() =>
      encodeSafetensors([
        ['w', weights],
        ['w', flags],
      ]),
    ).toThrow(/same name/);
  });
});

describe('decodeSafetensors', () => {
  it('reads back what was written, without copying', () => {
    const named = fc.uniqueArray(fc.tuple(fc.string(), anyTensor), {
      selector: ([name]) => name,
      maxLength: 6,
    });
    fc.assert(
      fc.property(named, fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
        fc.pre(tensors.every(([name]) => name !== '__metadata__'));
        const bytes = encodeSafetensors(tensors, metadata);
        const file = decodeSafetensors(bytes);
        expect(new Map(file.tensors)).toEqual(new Map(tensors));
        expect({ ...file.metadata }).toEqual({ ...metadata });
        for (const { data } of file.tensors.values()) expect(data.buffer).toBe(bytes.buffer);
      }),
    );
  });

  it('copies a tensor only where its bytes are not aligned in memory', () => {
    const bytes = encodeSafetensors([['w', weights]]);
    const shifted = new Uint8Array(bytes.byteLength + 1);
    shifted.set(bytes, 1);
    expect(decodeSafetensors(shifted.subarray(1)).tensors.get('w')).toEqual(weights);
  });

  it('refuses a file that is cut anywhere', () => {
    const bytes = encodeSafetensors([
      ['w', weights],
      ['flags', flags],
    ]);
    for (let length = 0; length < bytes.byteLength; length++) problemOf(bytes.subarray(0, length));
    expect(problemOf(bytes.subarray(0, bytes.byteLength - 1))).toBe(
      'the tensors take 19 bytes; the file holds 18',
    );
  });

  it('refuses a header length beyond the file or the limit before reading it', () => {
    const huge = Buffer.alloc(16, 0xff);
    expect(problemOf(huge)).toBe(
      'its header claims 18446744073709551615 bytes; at most 16777216 are allowed',
    );
    const long = Buffer.alloc(16);
    long.writeBigUInt64LE(1000n);
    expect(problemOf(long)).toBe('its header claims 1000 bytes; 8 follow');
  });

  it.each([
    ['not json', 'its header is not JSON'],
    ['[]', 'its header is not a JSON object'],
    ['{"w":7}', 'tensor "w" is not described by an object'],
    [
      '{"w":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}',
      'tensor "w" has dtype "F16"; known are F32, F64, I32, I64, U8, BOOL',
    ],
    [
      '{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}',
      'the shape of tensor "w" is not a list of sizes',
    ],
    [
      '{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}',
      'the shape of tensor "w" is not a list of sizes',
    ],
    [
      '{"w":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}',
      'the shape of tensor "w" is not a list of sizes',
    ],
    ['{"w":{"dtype":"F32","shape":[1]}}', 'tensor "w" has no pair of offsets'],
    ['{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}', 'tensor "w" has offsets [4,0]'],
    [
      '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}',
      'tensor "w" of 2 float32 elements needs 8 bytes; its offsets span 4',
    ],
    [
      '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}',
      'tensor "b" overlaps the one before it',
    ],
    ['{"a":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}', 'there is a gap of 2 bytes before tensor "a"'],
    [
      '{"a":{"dtype":"U8","shape":[9007199254740991],"data_offsets":[0,9007199254740991]}}',
      'the tensors take 9007199254740991 bytes; the file holds 8',
    ],
    [
      '{"__metadata__":{"a":1},"w":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}',
      '__metadata__ is not a map of strings',
    ],
  ])('refuses the header %s', (header, problem) => {
    expect(problemOf(fileWith(header, 8))).toBe(problem);
  });

  it('answers any altered byte with the same values elsewhere or SAFETENSORS_INVALID', () => {
    const original = encodeSafetensors(
      [
        ['w', weights],
        ['flags', flags],
      ],
      { note: 'x' },
    );
    fc.assert(
      fc.property(fc.nat(original.byteLength - 1), fc.nat(255), (position, value) => {
        const bytes = original.slice();
        bytes[position] = value;
        try {
          for (const { dtype, shape, data } of decodeSafetensors(bytes).tensors.values()) {
            expect(data.byteLength).toBe(elementCount(shape) * dtypes[dtype].bytes);
          }
        } catch (error) {
          expect(isDescentError(error, 'SAFETENSORS_INVALID')).toBe(true);
        }
      }),
    );
  });
});
