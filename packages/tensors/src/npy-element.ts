import type { Dtype } from './dtype.ts';

/** How one element type of NumPy is read. */
export interface NpyElement {
  /** Our dtype: the same one, or the smallest that holds every value. */
  readonly dtype: Dtype;
  readonly bytes: number;
  /** True when the bytes are those of `dtype`, so that nothing has to be converted. */
  readonly same: boolean;
  readonly read: (view: DataView, offset: number, littleEndian: boolean) => number | bigint;
}

const elements: Readonly<Record<string, NpyElement>> = {
  f2: { dtype: 'float32', bytes: 2, same: false, read: (v, o, le) => halfToNumber(v.getUint16(o, le)) },
  f4: { dtype: 'float32', bytes: 4, same: true, read: (v, o, le) => v.getFloat32(o, le) },
  f8: { dtype: 'float64', bytes: 8, same: true, read: (v, o, le) => v.getFloat64(o, le) },
  i1: { dtype: 'int32', bytes: 1, same: false, read: (v, o) => v.getInt8(o) },
  i2: { dtype: 'int32', bytes: 2, same: false, read: (v, o, le) => v.getInt16(o, le) },
  i4: { dtype: 'int32', bytes: 4, same: true, read: (v, o, le) => v.getInt32(o, le) },
  i8: { dtype: 'int64', bytes: 8, same: true, read: (v, o, le) => v.getBigInt64(o, le) },
  u1: { dtype: 'uint8', bytes: 1, same: true, read: (v, o) => v.getUint8(o) },
  u2: { dtype: 'int32', bytes: 2, same: false, read: (v, o, le) => v.getUint16(o, le) },
  u4: { dtype: 'int64', bytes: 4, same: false, read: (v, o, le) => BigInt(v.getUint32(o, le)) },
  b1: { dtype: 'bool', bytes: 1, same: true, read: (v, o) => v.getUint8(o) },
};

export const npyElementNames = Object.keys(elements);

/** NumPy's type strings of our dtypes. */
export const npyDescr = {
  float32: '<f4',
  float64: '<f8',
  int32: '<i4',
  int64: '<i8',
  uint8: '|u1',
  bool: '|b1',
} as const satisfies Record<Dtype, string>;

export function npyElement(descr: string): { element: NpyElement; littleEndian: boolean } | undefined {
  const match = /^([<>=|])([a-z]\d)$/.exec(descr);
  if (match === null || !Object.hasOwn(elements, match[2]!)) return undefined;
  return { element: elements[match[2]!]!, littleEndian: match[1] !== '>' };
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
