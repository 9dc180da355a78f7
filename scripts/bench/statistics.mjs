export const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
/** The median of the ratios of each repeat: what disturbs the machine for a while hits both sides. */
export const medianRatio = (numerators, denominators) =>
  median(numerators.map((value, repeat) => value / denominators[repeat]));
export const spread = (numbers) =>
  [Math.min(...numbers), Math.max(...numbers)].map((value) => Number(value.toPrecision(4)));
