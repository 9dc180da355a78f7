import { ELEMENT, VECTOR, read, write } from './lanes';

/** target ← target + source */
export function addInto(target: usize, source: usize, count: usize): void {
  const end = target + count * ELEMENT;
  const vectors = target + (count & ~3) * ELEMENT;
  const toSource = source - target;
  let at = target;
  for (; at < vectors; at += VECTOR) add(at, at + toSource, true);
  for (; at < end; at += ELEMENT) add(at, at + toSource, false);
}

@inline
function add(target: usize, source: usize, whole: bool): void {
  write(target, f32x4.add(read(target, whole), read(source, whole)), whole);
}
