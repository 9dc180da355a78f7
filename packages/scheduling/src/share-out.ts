export interface Claim {
  readonly weight: number;
  /** The most it can use. */
  readonly cap: number;
}

/** Weighted max-min fairness: shares in proportion to weight, and what one cannot use goes to the others. */
export function shareOut(capacity: number, claims: readonly Claim[]): number[] {
  const shares = claims.map(() => 0);
  let open = claims.map((_, index) => index);
  let left = capacity;
  while (open.length > 0 && left > 0) {
    const weights = open.reduce((total, index) => total + claims[index]!.weight, 0);
    const part = (index: number) => (left * claims[index]!.weight) / weights;
    const full = open.filter((index) => claims[index]!.cap <= part(index));
    if (full.length === 0) {
      for (const index of open) shares[index] = part(index);
      break;
    }
    for (const index of full) {
      shares[index] = claims[index]!.cap;
      left -= claims[index]!.cap;
    }
    open = open.filter((index) => !full.includes(index));
  }
  return shares;
}
