import { DescentError } from '@descent/errors';
import { type ArrayOf, arrayView, type Dtype, type Tensor } from '@descent/tensors';
import { dtypeOfOnnx, onnxTypeName } from './element-types.ts';
import type { TensorProto } from './message-types.ts';
import { float32OfBfloat16, float32OfFloat16 } from './small-floats.ts';

/** Bytes of one element in `raw_data`. */
const rawBytes: Readonly<Record<number, number>> = {
  1: 4,
  2: 1,
  3: 1,
  4: 2,
  5: 2,
  6: 4,
  7: 8,
  9: 1,
  10: 2,
  11: 8,
  12: 4,
  13: 8,
  16: 2,
};

/**
 * The tensor of a TensorProto, in any of its encodings. float16, bfloat16 and double become float32, narrow integers
 * int32, unsigned ones of 32 and 64 bits int64. Nothing is allocated before dims and data agree on the size.
 *
 * @param where names the tensor in errors, as `initializer "fc1.weight"`
 * @throws DescentError ONNX_INVALID, ONNX_TYPE_UNSUPPORTED, ONNX_EXTERNAL_DATA
 */
export function readTensor(proto: TensorProto, where: string): Tensor {
  const invalid = (problem: string) => new DescentError('ONNX_INVALID', { problem: `${where}: ${problem}` });
  if (proto.dataLocation === 1 || proto.externalData.length > 0) {
    throw new DescentError('ONNX_EXTERNAL_DATA', { where });
  }
  const type = proto.dataType ?? 0;
  const dtype = dtypeOfOnnx(type);
  const width = rawBytes[type];
  if (dtype === undefined || width === undefined) {
    throw new DescentError('ONNX_TYPE_UNSUPPORTED', { where, type: onnxTypeName(type) });
  }
  const shape = proto.dims.map((dim) => {
    if (typeof dim === 'number' && dim >= 0) return dim;
    throw invalid(`its dims hold ${dim}`);
  });
  const count = shape.reduce((product, dim) => product * dim, 1);
  if (!Number.isSafeInteger(count)) throw invalid(`its dims [${shape.join(', ')}] are too large`);
  const wrongLength = (actual: number, unit: string, expected: number) =>
    invalid(`dims [${shape.join(', ')}] need ${expected} ${unit}, but there are ${actual}`);

  const { rawData } = proto;
  if (rawData !== undefined) {
    if (rawData.byteLength !== count * width) throw wrongLength(rawData.byteLength, 'bytes', count * width);
    return { dtype, shape, data: fromRaw(type, dtype, rawData, count) };
  }
  const list = typedData(proto, type);
  if (list.length !== count) throw wrongLength(list.length, 'elements', count);
  return { dtype, shape, data: fromList(type, dtype, list) };
}

/** The typed field that holds elements of this type; narrow types share `int32_data`. */
function typedData(proto: TensorProto, type: number): readonly (number | bigint)[] {
  if (type === 1) return proto.floatData;
  if (type === 11) return proto.doubleData;
  if (type === 7) return proto.int64Data;
  if (type === 12 || type === 13) return proto.uint64Data;
  return proto.int32Data;
}

function fromRaw(type: number, dtype: Dtype, bytes: Uint8Array, count: number): ArrayOf[Dtype] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const each = <Result>(read: (offset: number) => Result, width: number) =>
    Array.from({ length: count }, (_, index) => read(index * width));
  switch (type) {
    case 3:
      return Int32Array.from(each((at) => view.getInt8(at), 1));
    case 4:
      return Int32Array.from(each((at) => view.getUint16(at, true), 2));
    case 5:
      return Int32Array.from(each((at) => view.getInt16(at, true), 2));
    case 9:
      return Uint8Array.from(bytes, (byte) => (byte === 0 ? 0 : 1));
    case 10:
      return Float32Array.from(each((at) => float32OfFloat16(view.getUint16(at, true)), 2));
    case 11:
      return Float32Array.from(each((at) => view.getFloat64(at, true), 8));
    case 12:
      return BigInt64Array.from(each((at) => BigInt(view.getUint32(at, true)), 4));
    case 16:
      return Float32Array.from(each((at) => float32OfBfloat16(view.getUint16(at, true)), 2));
    default:
      return arrayView(dtype, bytes, 0, count);
  }
}

function fromList(type: number, dtype: Dtype, list: readonly (number | bigint)[]): ArrayOf[Dtype] {
  if (type === 10) return Float32Array.from(list, (bits) => float32OfFloat16(Number(bits)));
  if (type === 16) return Float32Array.from(list, (bits) => float32OfBfloat16(Number(bits)));
  if (dtype === 'int64') return BigInt64Array.from(list, BigInt);
  if (dtype === 'bool') return Uint8Array.from(list, (value) => (Number(value) === 0 ? 0 : 1));
  if (dtype === 'uint8') return Uint8Array.from(list, Number);
  if (dtype === 'int32') return Int32Array.from(list, Number);
  return Float32Array.from(list, Number);
}
