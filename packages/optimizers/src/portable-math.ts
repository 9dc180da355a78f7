/**
 * ECMAScript leaves the last bits of Math.pow (so of **) and Math.cos to the engine, and V8 has changed them; equal weights on
 * two machines must not hang on the version of Node. These use only +, × and ÷, which IEEE 754 rounds exactly.
 */

/** base to a whole exponent ≥ 0, by repeated squaring. */
export function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/** cos(πx) for x in [0, 1], within 1e-15: the Taylor series, on the half where it converges fast. */
export function cosineOfPi(x: number): number {
  if (x > 0.5) return -cosineOfPi(1 - x);
  const angle = Math.PI * x;
  const squared = angle * angle;
  let sum = 1;
  let term = 1;
  // 26! is large enough that (π/2)²⁶ / 26! < 1e-21.
  for (let n = 2; n <= 26; n += 2) {
    term *= -squared / (n * (n - 1));
    sum += term;
  }
  return sum;
}
