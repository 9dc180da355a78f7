import type { Dtype } from '@descent/tensors';

/** TensorProto.DataType numbers of the dtypes that the engine computes with. */
export const elementTypes = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;

export type EngineDtype = keyof typeof elementTypes;

export function isEngineDtype(dtype: Dtype): dtype is EngineDtype {
  return Object.hasOwn(elementTypes, dtype);
}
