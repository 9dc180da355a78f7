/**
 * One dimension of a value. The batch size is symbolic: `'batch'`, or a multiple of it as `'64*batch'`
 * where a reshape has merged axes into the batch axis.
 */
export type Dim = number | BatchDim;
export type BatchDim = 'batch' | `${number}*batch`;
export type Shape = readonly Dim[];

/** coefficient · batch^power: a dimension (power 0 or 1), or the number of elements of a shape (any power). */
export interface Count {
  readonly coefficient: number;
  readonly power: number;
}

export function countOf(dim: Dim): Count {
  if (typeof dim === 'number') return { coefficient: dim, power: 0 };
  const factor = dim === 'batch' ? 1 : Number(dim.slice(0, -'*batch'.length));
  return { coefficient: factor, power: 1 };
}

/** The dimension that a count is, or undefined when it is none (batch², a fraction). */
export function dimOf({ coefficient, power }: Count): Dim | undefined {
  if (!Number.isSafeInteger(coefficient) || coefficient < 0) return undefined;
  if (power === 0) return coefficient;
  if (power !== 1 || coefficient === 0) return undefined;
  return coefficient === 1 ? 'batch' : `${coefficient}*batch`;
}

export function isDim(value: unknown): value is Dim {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0;
  if (value === 'batch') return true;
  return typeof value === 'string' && /^[1-9]\d{0,14}\*batch$/.test(value);
}

export function sameDim(a: Dim | undefined, b: Dim | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a === b || sameCount(countOf(a), countOf(b));
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => sameDim(dim, b[axis]));
}

export function sameCount(a: Count, b: Count): boolean {
  return a.coefficient === b.coefficient && a.power === b.power;
}

/** Number of elements, symbolic in the batch size. */
export function elementCountOf(shape: Shape): Count {
  return shape.map(countOf).reduce(
    (product, count) => ({
      coefficient: product.coefficient * count.coefficient,
      power: product.power + count.power,
    }),
    { coefficient: 1, power: 0 },
  );
}

/** Undefined where the product is no dimension: batch·batch. */
export function multiplyDims(a: Dim, b: Dim): Dim | undefined {
  return dimOf(elementCountOf([a, b]));
}

/** Undefined where the sum is no dimension: batch + 3. */
export function addDims(a: Dim, b: Dim): Dim | undefined {
  const left = countOf(a);
  const right = countOf(b);
  if (left.power !== right.power) return undefined;
  return dimOf({ coefficient: left.coefficient + right.coefficient, power: left.power });
}

/** Undefined where the quotient is no dimension: 7 ÷ 2, 4 ÷ batch. */
export function divideCounts(a: Count, b: Count): Dim | undefined {
  return dimOf({ coefficient: a.coefficient / b.coefficient, power: a.power - b.power });
}

/** `batch` broadcasts with 1 and with the same multiple of batch only, whatever number it is bound to later. */
export function broadcastDims(a: Dim, b: Dim): Dim | undefined {
  if (sameDim(a, b) || b === 1) return a;
  return a === 1 ? b : undefined;
}

/** The shape that both broadcast to, aligned at the last axis (NumPy's rule); undefined where they do not. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: Dim[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const dim = broadcastDims(a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1);
    if (dim === undefined) return undefined;
    shape.push(dim);
  }
  return shape;
}

export function bindDim(dim: Dim, batch: number): number {
  const { coefficient, power } = countOf(dim);
  return coefficient * batch ** power;
}

/** The shape for a known batch size. */
export function bind(shape: Shape, batch: number): readonly number[] {
  return shape.map((dim) => bindDim(dim, batch));
}

/** As people read it: `[batch, 28, 28]`. */
export function renderShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}
