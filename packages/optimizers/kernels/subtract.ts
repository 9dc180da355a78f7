import { ELEMENT, VECTOR, read, write } from './lanes';

/** target ← minuend − subtrahend; the target may be either. */
export function subtract(target: usize, minuend: usize, subtrahend: usize, count: usize): void {
  const bytes = count * ELEMENT;
  const vectors = (count & ~3) * ELEMENT;
  let at: usize = 0;
  for (; at < vectors; at += VECTOR) difference(target + at, minuend + at, subtrahend + at, true);
  for (; at < bytes; at += ELEMENT) difference(target + at, minuend + at, subtrahend + at, false);
}

@inline
function difference(target: usize, minuend: usize, subtrahend: usize, whole: bool): void {
  write(target, f32x4.sub(read(minuend, whole), read(subtrahend, whole)), whole);
}
