/** `[28, 28, 1]`, as messages print a shape. */
export function formatShape(shape: readonly (number | string)[]): string {
  return `[${shape.join(', ')}]`;
}

/** Elements in a shape that came from outside: undefined when a dim is no count or the product is not exact. */
export function checkedElementCount(shape: readonly unknown[]): number | undefined {
  if (!shape.every((dim): dim is number => Number.isSafeInteger(dim) && (dim as number) >= 0))
    return undefined;
  const count = shape.reduce((product, dim) => product * dim, 1);
  // A zero may hide an overflow of the dims before it; such a shape is refused as well.
  const span = shape.reduce((product, dim) => product * Math.max(dim, 1), 1);
  return Number.isSafeInteger(span) ? count : undefined;
}
