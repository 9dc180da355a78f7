const word = new DataView(new ArrayBuffer(4));

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
export function float32OfFloat16(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a binary32. */
export function float32OfBfloat16(bits: number): number {
  word.setUint32(0, (bits & 0xffff) * 65_536);
  return word.getFloat32(0);
}
