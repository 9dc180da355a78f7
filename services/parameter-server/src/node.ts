/** One micro-batch of a step, or one slice of an evaluation. */
export interface Unit {
  readonly index: number;
  /** Sample positions [start, end) in the order of the epoch, or of the validation split. */
  readonly start: number;
  readonly end: number;
}

/** A node of the tree over the units of a round (docs/protocol.md, "Nodes"): what one assignment covers. */
export interface Node {
  readonly first: number;
  readonly count: number;
  /** Where the samples of each unit begin, and where the last one's end. */
  readonly bounds: readonly number[];
}

export function nodeOf(units: readonly Unit[], first: number, count: number): Node {
  const covered = units.slice(first, first + count);
  return { first, count, bounds: [covered[0]!.start, ...covered.map(({ end }) => end)] };
}

export function describeNode({ first, count, bounds }: Node): string {
  return `micro-batches ${first} to ${first + count - 1} (samples ${bounds[0]} to ${bounds.at(-1)! - 1} in the order of the epoch)`;
}
