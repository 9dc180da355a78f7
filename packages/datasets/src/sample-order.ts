import { permutation } from './permutation.ts';
import type { SampleSelection } from './sample-selection.ts';

/**
 * The sample numbers of a selection in the order of one epoch: shuffled from the seed, or ascending without one (for
 * evaluation). Steps and micro-batches are ranges of it. With `balance` every class has as many places (the first ones one
 * more where they do not divide): each class goes through its own permutation, as often as it takes.
 */
export function sampleOrder(
  { count, indices, balance }: SampleSelection,
  seed: number | undefined,
  epoch: number,
): Uint32Array {
  const positions =
    seed === undefined ? Uint32Array.from({ length: count }, (_, i) => i) : permutation(count, seed, epoch);
  const chosen =
    balance === undefined || seed === undefined ? positions : drawEqually(balance, seed, epoch, positions);
  return indices === null ? chosen : chosen.map((position) => indices[position]!);
}

/** Puts a sample of class rank % classes where the permutation of places says `rank`. */
function drawEqually(balance: Int32Array, seed: number, epoch: number, places: Uint32Array): Uint32Array {
  const members = new Map<number, number[]>();
  balance.forEach((code, position) => {
    const known = members.get(code);
    if (known === undefined) members.set(code, [position]);
    else known.push(position);
  });
  const classes = [...members].sort(([a], [b]) => a - b).map(([, positions]) => positions);
  const share = Math.ceil(places.length / classes.length);
  const drawn = classes.map((positions, index) => {
    const rounds = Math.ceil(share / positions.length);
    // Rare classes come round several times in an epoch; each round, epoch and class has an order of its own.
    return Array.from({ length: rounds }, (_, round) => {
      const stream = (epoch * 65_536 + index) >>> 0;
      return Array.from(
        permutation(positions.length, (seed + round * 0x9e3779b9) >>> 0, stream, 'balance'),
        (rank) => positions[rank]!,
      );
    }).flat();
  });
  return places.map((place) => drawn[place % classes.length]![Math.floor(place / classes.length)]!);
}
