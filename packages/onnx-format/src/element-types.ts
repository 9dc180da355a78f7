import type { Dtype } from '@descent/tensors';

/** TensorProto.DataType, by the names that ONNX's documentation uses. */
export const onnxTypeNames: Readonly<Record<number, string>> = {
  1: 'float',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'double',
  12: 'uint32',
  13: 'uint64',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
};

/** TensorProto.DataType of our dtypes. */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
} as const satisfies Record<Dtype, number>;

/** The dtype that holds every value of an ONNX type; floating point of any width becomes float32. */
const dtypeOfType: Readonly<Record<number, Dtype>> = {
  1: 'float32',
  10: 'float32',
  11: 'float32',
  16: 'float32',
  2: 'uint8',
  3: 'int32',
  4: 'int32',
  5: 'int32',
  6: 'int32',
  7: 'int64',
  12: 'int64',
  13: 'int64',
  9: 'bool',
};

/** Undefined for text, complex numbers and what ONNX added later. */
export function dtypeOfOnnx(type: number | undefined): Dtype | undefined {
  return type === undefined ? undefined : dtypeOfType[type];
}

export function onnxTypeName(type: number | undefined): string {
  return onnxTypeNames[type ?? 0] ?? `type ${type ?? 'undefined'}`;
}
