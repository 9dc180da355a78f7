/** One dimension of a traced value. The batch size is symbolic, as in the graph form: `'batch'`, or a multiple of it. */
export type Dim = number | 'batch' | `${number}*batch`;
export type Shape = readonly Dim[];

interface Count {
  readonly coefficient: number;
  readonly power: number;
}

export function renderShape(shape: Shape | undefined): string {
  return shape === undefined ? '[unknown]' : `[${shape.join(', ')}]`;
}

/** NumPy's rule, aligned at the last axis; undefined where the shapes do not broadcast. */
export function broadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: Dim[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

/** Where `to` has one −1, what is left there; undefined where the elements do not fit. */
export function reshaped(from: Shape, to: readonly (Dim | -1)[]): Shape | undefined {
  const whole = product(from);
  const open = to.indexOf(-1);
  const given = product(to.filter((dim): dim is Dim => dim !== -1));
  if (open === -1) {
    const same = given.coefficient === whole.coefficient && given.power === whole.power;
    return same ? (to as Shape) : undefined;
  }
  const rest = dimOf(whole.coefficient / given.coefficient, whole.power - given.power);
  return rest === undefined ? undefined : (to as Shape).with(open, rest);
}

/** Undefined where the sum is no dimension (batch + 3). */
export function addDims(a: Dim, b: Dim): Dim | undefined {
  const [left, right] = [countOf(a), countOf(b)];
  return left.power === right.power ? dimOf(left.coefficient + right.coefficient, left.power) : undefined;
}

/** All dimensions as one; undefined where that is none (batch²). */
export function productDim(shape: Shape): Dim | undefined {
  const { coefficient, power } = product(shape);
  return dimOf(coefficient, power);
}

/** An axis counted from the front, or undefined where there is none. */
export function axisOf(axis: number, rank: number): number | undefined {
  const counted = axis < 0 ? axis + rank : axis;
  return Number.isInteger(counted) && counted >= 0 && counted < rank ? counted : undefined;
}

function countOf(dim: Dim): Count {
  if (typeof dim === 'number') return { coefficient: dim, power: 0 };
  return { coefficient: dim === 'batch' ? 1 : Number.parseInt(dim, 10), power: 1 };
}

function dimOf(coefficient: number, power: number): Dim | undefined {
  if (!Number.isSafeInteger(coefficient) || coefficient < 0) return undefined;
  if (power === 0) return coefficient;
  if (power !== 1 || coefficient === 0) return undefined;
  return coefficient === 1 ? 'batch' : `${coefficient}*batch`;
}

function product(shape: Shape): Count {
  return shape.map(countOf).reduce(
    (all, count) => ({
      coefficient: all.coefficient * count.coefficient,
      power: all.power + count.power,
    }),
    { coefficient: 1, power: 0 },
  );
}
