import { ELEMENT, VECTOR, read } from './lanes';

/** 1 when no element is NaN or infinite: in either, all bits of the exponent are set. */
export function allFinite(source: usize, count: usize): i32 {
  const end = source + count * ELEMENT;
  const vectors = source + (count & ~3) * ELEMENT;
  let found = i32x4.splat(0);
  let at = source;
  for (; at < vectors; at += VECTOR) found = v128.or(found, notFinite(read(at, true)));
  for (; at < end; at += ELEMENT) found = v128.or(found, notFinite(read(at, false)));
  return v128.any_true(found) ? 0 : 1;
}

@inline
function notFinite(value: v128): v128 {
  const exponent = i32x4.splat(0x7f800000);
  return i32x4.eq(v128.and(value, exponent), exponent);
}
