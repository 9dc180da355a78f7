/**
 * The error function in double precision. Near 0 the series e^(−x²) · 2x ÷ √π · Σ (2x²)ⁿ ÷ (1 · 3 ⋯ (2n + 1)), whose
 * terms are all positive, and beyond it the continued fraction of the rest (Abramowitz & Stegun 7.1.6 and 7.1.14).
 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  return size < 2.5 ? series(x) : Math.sign(x) * (1 - rest(size));
}

function series(x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * Number.EPSILON; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return ((2 * x) / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** 1 − erf(x), from the innermost of 60 levels outwards: enough for double precision from 2.5 on. */
function rest(x: number): number {
  let fraction = x;
  for (let level = 60; level >= 1; level -= 1) fraction = x + level / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
