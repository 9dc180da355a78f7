import { nodeLevel } from '@descent/gradient-channel';
import { type Node, nodeOf, type Unit } from './node.ts';

/**
 * One round of work on one parameter version: the micro-batches of a training step, or the slices of an evaluation. They
 * are handed out and settled in nodes of their tree.
 *
 * A unit is open (nobody computes it), held (by one worker, or two when a slow one is repeated), or done. The round has
 * no clock and no I/O of its own: the caller performs what it decides, and a simulation can drive it.
 *
 *   open ──take──▶ held ──settle──▶ done
 *     ▲              │  └──recheck──▶ again ──take again──▶ held by another, and so on until it is settled
 *     └──give back───┘   (worker left, lost, or its result was refused)
 */
export interface Round {
  readonly units: readonly Unit[];
  /** Units that nobody computes. */
  readonly open: number;
  /**
   * The largest open node of at most `atMost` units, out of the smallest open block that has one, so that large blocks stay
   * whole. Units that this worker spoiled before come last.
   */
  take(worker: string, atMost: number): Node | undefined;
  /**
   * A node within `node`, which another worker holds, to be computed a second time. At most two workers hold one unit, and at
   * most `mostRepeats` nodes are repeated at once.
   */
  repeat(worker: string, node: Node, atMost: number): Node | undefined;
  /**
   * A node that this worker computed is to be computed by others too before it counts. Until it is settled it is handed out as a
   * whole or not at all.
   */
  recheck(worker: string, node: Node): void;
  /** A node to be computed once more, that nobody holds and this worker `may` compute. */
  takeAgain(worker: string, may: (node: Node) => boolean): Node | undefined;
  /** Whether a result for the node comes too late: a unit of it is done, or part of another node that is computed again. */
  isTouched(node: Pick<Node, 'first' | 'count'>): boolean;
  /** The node is done; whoever else holds some of it computes in vain. */
  settle(worker: string, node: Node): void;
  /** How often the unit of the node that was handed out most has been: 1 where nothing went wrong. */
  handedOut(node: Pick<Node, 'first' | 'count'>): number;
  /** Gives a refused node back and returns how often that has happened to one of its units. */
  refuse(worker: string, node: Node): number;
  /** The worker was lost while it computed the node, which it still holds. */
  lost(worker: string, node: Node): void;
  /** Who has been lost over the unit of the node that most were lost over, and not been heard of since. */
  lostOver(node: Node): readonly string[];
  /** The worker was heard of again: only its connection was lost. */
  alive(worker: string): void;
  /** A node that the worker will not compute after all. */
  giveBack(worker: string, node: Node): void;
}

/** Bounds the receive buffers that repeats need beyond one per micro-batch. */
export const mostRepeats = 4;

interface Holding {
  readonly worker: string;
  readonly node: Node;
  readonly isRepeat: boolean;
}

export function createRound(units: readonly Unit[], deepest = nodeLevel(Math.max(1, units.length))): Round {
  const total = units.length;
  const done = new Uint8Array(total);
  const holders = new Uint8Array(total);
  const spoiled = new Uint16Array(total);
  const handedOut = new Uint16Array(total);
  /** By unit: workers whose result for it was refused as not finite. */
  const spoiledBy = new Map<number, Set<string>>();
  /** By unit: workers that were lost over it and not heard of since. */
  const lostOn = new Map<number, Set<string>>();
  const holdings = new Set<Holding>();
  /** Nodes that more than one worker has to compute. */
  const again = new Set<Node>();
  const isAgain = new Uint8Array(total);

  const each = ({ first, count }: Pick<Node, 'first' | 'count'>, visit: (index: number) => void) => {
    for (let index = first; index < first + count; index++) visit(index);
  };
  const isOpen = (index: number) => done[index] === 0 && holders[index] === 0 && isAgain[index] === 0;

  /** Buddy allocation: the best node among the units that `may` be taken. */
  const find = (atMost: number, may: (index: number) => boolean): Node | undefined => {
    const before = new Uint32Array(total + 1);
    for (let index = 0; index < total; index++) before[index + 1] = before[index]! + Number(may(index));
    const sizeAt = (level: number, position: number) => Math.min(2 ** level, total - position * 2 ** level);
    const isWhole = (level: number, position: number) => {
      const first = position * 2 ** level;
      const count = sizeAt(level, position);
      return count > 0 && before[first + count]! - before[first]! === count;
    };
    const top = nodeLevel(Math.max(1, total));
    for (let level = Math.min(deepest, top); level >= 0; level--) {
      let best: { readonly position: number; readonly block: number } | undefined;
      for (let position = 0; position * 2 ** level < total; position++) {
        if (sizeAt(level, position) > atMost || !isWhole(level, position)) continue;
        let block = level;
        while (block < top && isWhole(block + 1, position >> (block + 1 - level))) block++;
        if (best === undefined || block < best.block) best = { position, block };
      }
      if (best !== undefined) return nodeOf(units, best.position * 2 ** level, sizeAt(level, best.position));
    }
    return undefined;
  };

  const hold = (worker: string, node: Node, isRepeat: boolean): Node => {
    holdings.add({ worker, node, isRepeat });
    each(node, (index) => {
      holders[index]!++;
      handedOut[index]!++;
    });
    return node;
  };

  const release = (worker: string, node: Node): boolean => {
    for (const holding of holdings) {
      if (holding.worker !== worker || holding.node !== node) continue;
      holdings.delete(holding);
      each(node, (index) => holders[index]!--);
      return true;
    }
    return false;
  };

  return {
    units,
    get open() {
      let open = 0;
      for (let index = 0; index < total; index++) if (isOpen(index)) open++;
      return open;
    },
    take(worker, atMost) {
      const node =
        find(atMost, (index) => isOpen(index) && !spoiledBy.get(index)?.has(worker)) ?? find(atMost, isOpen);
      return node && hold(worker, node, false);
    },
    repeat(worker, { first, count }, atMost) {
      if ([...holdings].filter(({ isRepeat }) => isRepeat).length >= mostRepeats) return undefined;
      const own = [...holdings].filter((holding) => holding.worker === worker);
      const node = find(
        atMost,
        (index) =>
          index >= first &&
          index < first + count &&
          done[index] === 0 &&
          isAgain[index] === 0 &&
          holders[index] === 1 &&
          !own.some(
            (holding) => index >= holding.node.first && index < holding.node.first + holding.node.count,
          ),
      );
      return node && hold(worker, node, true);
    },
    recheck(worker, node) {
      release(worker, node);
      // A repeat may cover the same units as another node.
      if (![...again].some((one) => isSame(one, node))) again.add(node);
      each(node, (index) => {
        isAgain[index] = 1;
      });
    },
    takeAgain(worker, may) {
      const isHeld = (node: Node) => [...holdings].some((holding) => isSame(holding.node, node));
      const node = [...again].find((one) => !isHeld(one) && may(one));
      return node && hold(worker, node, false);
    },
    isTouched({ first, count }) {
      if (done.subarray(first, first + count).includes(1)) return true;
      if ([...again].some((node) => isSame(node, { first, count }))) return false;
      return isAgain.subarray(first, first + count).includes(1);
    },
    settle(worker, node) {
      release(worker, node);
      for (const one of again) if (isSame(one, node)) again.delete(one);
      each(node, (index) => {
        done[index] = 1;
      });
    },
    handedOut: ({ first, count }) => Math.max(...handedOut.subarray(first, first + count)),
    refuse(worker, node) {
      release(worker, node);
      let times = 0;
      each(node, (index) => {
        spoiledBy.set(index, (spoiledBy.get(index) ?? new Set()).add(worker));
        times = Math.max(times, ++spoiled[index]!);
      });
      return times;
    },
    lost(worker, node) {
      each(node, (index) => {
        lostOn.set(index, (lostOn.get(index) ?? new Set()).add(worker));
      });
    },
    lostOver(node) {
      let most: ReadonlySet<string> = new Set();
      each(node, (index) => {
        const lost = lostOn.get(index);
        if (lost !== undefined && lost.size > most.size) most = lost;
      });
      return [...most];
    },
    alive(worker) {
      for (const lost of lostOn.values()) lost.delete(worker);
    },
    giveBack: (worker, node) => void release(worker, node),
  };
}

function isSame(one: Pick<Node, 'first' | 'count'>, other: Pick<Node, 'first' | 'count'>): boolean {
  return one.first === other.first && one.count === other.count;
}
