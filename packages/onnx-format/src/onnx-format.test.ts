import { tensor } from '@descent/tensors';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  attributeTypes,
  decodeMessage,
  encodeMessage,
  type MessageDraft,
  readAttribute,
  readTensor,
  tensorProto,
} from './index.ts';

const model: MessageDraft<'ModelProto'> = {
  irVersion: 8,
  producerName: 'test',
  opsetImport: [{ domain: '', version: 17 }],
  graph: {
    name: 'g',
    node: [
      {
        opType: 'Slice',
        input: ['x', ''],
        output: ['y'],
        attribute: [
          { name: 'ends', type: attributeTypes.ints, ints: [2n ** 63n - 1n, -(2n ** 63n), -3, 300] },
          { name: 'alpha', type: attributeTypes.float, f: 0.5 },
          { name: 'body', type: attributeTypes.graph, g: { name: 'inner' } },
        ],
      },
    ],
    initializer: [tensorProto('w', tensor('float32', [2], Float32Array.of(1, -2)))],
    input: [
      {
        name: 'x',
        type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'n' }, { dimValue: 3 }] } } },
      },
    ],
  },
};

test('what was written is read back, lists that are absent as empty ones', () => {
  const read = decodeMessage('ModelProto', encodeMessage('ModelProto', model));
  expect(read.graph?.node[0]).toMatchObject({ opType: 'Slice', input: ['x', ''], output: ['y'] });
  expect(read.graph?.node[0]?.attribute[0]?.ints).toEqual([2n ** 63n - 1n, -(2n ** 63n), -3, 300]);
  expect(read.graph?.node[0]?.attribute[2]?.g).toMatchObject({ name: 'inner', node: [], input: [] });
  expect(read.graph?.input[0]?.type?.tensorType?.shape?.dim).toEqual([{ dimParam: 'n' }, { dimValue: 3 }]);
  expect(readTensor(read.graph!.initializer[0]!, 'w')).toEqual(
    tensor('float32', [2], Float32Array.of(1, -2)),
  );
  expect(read.functions).toEqual([]);
});

test('attributes have one kind each; integers beyond 2⁵³ mean "to the end"', () => {
  const [ends, alpha, body] = decodeMessage('ModelProto', encodeMessage('ModelProto', model)).graph!.node[0]!
    .attribute;
  const most = Number.MAX_SAFE_INTEGER;
  expect(readAttribute(ends!, 'n')).toEqual({ kind: 'integers', value: [most, -most, -3, 300] });
  expect(readAttribute(alpha!, 'n')).toEqual({ kind: 'real', value: 0.5 });
  expect(readAttribute(body!, 'n')).toMatchObject({ kind: 'graph', value: { name: 'inner' } });
});

const proto = (draft: MessageDraft<'TensorProto'>) =>
  decodeMessage('TensorProto', encodeMessage('TensorProto', draft));

test.each<[string, MessageDraft<'TensorProto'>, unknown]>([
  ['float_data', { dims: [2], dataType: 1, floatData: [1.5, -2] }, Float32Array.of(1.5, -2)],
  ['double_data', { dims: [2], dataType: 11, doubleData: [1.5, -2] }, Float32Array.of(1.5, -2)],
  ['int64_data', { dims: [2], dataType: 7, int64Data: [-1, 2n ** 62n] }, BigInt64Array.of(-1n, 2n ** 62n)],
  ['uint64_data', { dims: [1], dataType: 13, uint64Data: [7] }, BigInt64Array.of(7n)],
  ['int32_data', { dims: [2], dataType: 6, int32Data: [-1, 5] }, Int32Array.of(-1, 5)],
  ['bool in int32_data', { dims: [3], dataType: 9, int32Data: [0, 1, 7] }, Uint8Array.of(0, 1, 1)],
  [
    'float16 in int32_data',
    { dims: [4], dataType: 10, int32Data: [0x3c00, 0xc000, 0x0001, 0x7c00] },
    Float32Array.of(1, -2, 2 ** -24, Infinity),
  ],
  [
    'raw float16',
    { dims: [2], dataType: 10, rawData: Uint8Array.of(0, 0x3e, 0x00, 0xfe) },
    Float32Array.of(1.5, NaN),
  ],
  [
    'raw bfloat16',
    { dims: [2], dataType: 16, rawData: Uint8Array.of(0x80, 0x3f, 0x20, 0xc0) },
    Float32Array.of(1, -2.5),
  ],
  ['raw int8', { dims: [2], dataType: 3, rawData: Uint8Array.of(0xff, 3) }, Int32Array.of(-1, 3)],
  ['raw uint16', { dims: [1], dataType: 4, rawData: Uint8Array.of(0xff, 0xff) }, Int32Array.of(65_535)],
  [
    'raw uint32',
    { dims: [1], dataType: 12, rawData: Uint8Array.of(0xff, 0xff, 0xff, 0xff) },
    BigInt64Array.of(4_294_967_295n),
  ],
  [
    'raw double',
    { dims: [], dataType: 11, rawData: new Uint8Array(Float64Array.of(0.25).buffer) },
    Float32Array.of(0.25),
  ],
])('%s is read', (_, draft, data) => {
  expect(readTensor(proto(draft), 't').data).toEqual(data);
});

test.each<[string, MessageDraft<'TensorProto'>, string, RegExp]>([
  [
    'too few raw bytes',
    { dims: [3], dataType: 1, rawData: new Uint8Array(8) },
    'ONNX_INVALID',
    /"w".*\[3\] need 12 bytes.*8/,
  ],
  [
    'dims of 2⁶² elements',
    { dims: [2 ** 31, 2 ** 31], dataType: 1, rawData: new Uint8Array(8) },
    'ONNX_INVALID',
    /too large/,
  ],
  ['a negative dim', { dims: [-1], dataType: 1 }, 'ONNX_INVALID', /-1/],
  ['too many elements', { dims: [1], dataType: 1, floatData: [1, 2] }, 'ONNX_INVALID', /1 elements.*2/],
  ['text', { dims: [1], dataType: 8, stringData: [new Uint8Array(1)] }, 'ONNX_TYPE_UNSUPPORTED', /string/],
  ['another file', { dims: [1], dataType: 1, dataLocation: 1 }, 'ONNX_EXTERNAL_DATA', /another file/],
])('%s is refused', (_, draft, code, message) => {
  expect(() => readTensor(proto(draft), 'initializer "w"')).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

test('a length that lies about the file is refused before anything of it is read', () => {
  expect(() => decodeMessage('ModelProto', Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x7f))).toThrow(
    expect.objectContaining({ code: 'ONNX_INVALID', message: expect.stringContaining('byte 6') }),
  );
});

test('messages, bytes and nesting are counted', () => {
  const many = encodeMessage('GraphProto', { node: Array.from({ length: 100 }, () => ({})) });
  expect(() => decodeMessage('GraphProto', many, { items: 99 })).toThrow(
    /items of the file: 100, at most 99/,
  );
  expect(() => decodeMessage('GraphProto', many, { bytes: 50 })).toThrow(
    /bytes of the file: 200, at most 50/,
  );
  let type: MessageDraft<'TypeProto'> = {};
  for (let depth = 0; depth < 100; depth += 1) type = { sequenceType: { elemType: type } };
  expect(() => decodeMessage('TypeProto', encodeMessage('TypeProto', type))).toThrow(
    /nesting of the file: 65/,
  );
});

test('damage of any kind ends in a catalogue error or a message', () => {
  const good = encodeMessage('ModelProto', model);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
      const bytes = Uint8Array.from(good).subarray(0, length);
      bytes[at] = byte;
      try {
        decodeMessage('ModelProto', bytes);
      } catch (error) {
        expect(error).toMatchObject({ name: 'DescentError' });
      }
    }),
  );
});
